import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { filledIn } from "../../mood/page/static/photo/snippets.js";

const CLIENTS = new URL("../../examples/clients/", import.meta.url);
const URL_HERE = "https://example.org/it's";
const AWKWARD = `a "b" $(touch x) $& \\ 'c' ü.jpg`;

/** @param {string} name */
const filled = (name) => filledIn(readFileSync(new URL(name, CLIENTS), "utf8"), URL_HERE, AWKWARD);

test("no client is left with the server and the photo of the example", () => {
  const names = readdirSync(CLIENTS);
  assert.equal(names.length, 5);
  for (const name of names) {
    const code = filled(name);
    assert.ok(code.includes("https://example.org/it"));
    assert.ok(!/["'](photo\.jpg|http:\/\/127)/.test(code));
  }
});

test("a shell takes any file name as it is, and runs nothing in it", () => {
  for (const name of ["rest.sh", "curl.sh"]) {
    const lines = filled(name).split("\n");
    const values = lines.filter((line) => /^(photo|url)='/.test(line));
    const script = `${values.join("\n")}\nprintf '%s\\n' "$url" "$photo"`;
    const said = execFileSync("sh", ["-c", script], { encoding: "utf8" });
    assert.deepEqual(said.split("\n"), [URL_HERE, AWKWARD, ""]);
  }
});

test("Python and JavaScript take any file name as it is", () => {
  const script = filled("javascript.mjs").match(/\[photo = (.*), url = (.*)\] =/);
  assert.deepEqual([JSON.parse(script[2]), JSON.parse(script[1])], [URL_HERE, AWKWARD]);
  for (const name of ["rest.py", "python.py"]) {
    const code = filled(name);
    const [url, photo] = [/^url = .* else (".*")$/m, /^photo = .* else (".*")$/m].map((pattern) =>
      JSON.parse(code.match(pattern)[1]),
    );
    assert.deepEqual([url, photo], [URL_HERE, AWKWARD]);
  }
});

test("each client asks with what was chosen, and is left as it is where nothing was", () => {
  const chosen = { model: "mini", certainty: 0.6, show_unreadable: false };
  const asks = {
    "rest.sh": '"$url/api/analyze?model=mini&certainty=0.6&show_unreadable=false"',
    "rest.py": '/api/analyze?model=mini&certainty=0.6&show_unreadable=false"',
    "javascript.mjs": '{ image, model: "mini", certainty: 0.6, show_unreadable: false }',
    "python.py":
      '(handle_file(photo), model="mini", certainty=0.6, show_unreadable=False, api_name="/analyze")',
    "curl.sh": '"gradio.FileData"}}, "mini", "", 0.6, 0, [], false, false]}',
  };
  for (const [name, asked] of Object.entries(asks)) {
    const client = readFileSync(new URL(name, CLIENTS), "utf8");
    assert.ok(filledIn(client, URL_HERE, AWKWARD, chosen).includes(asked), name);
    assert.ok(!filledIn(client, URL_HERE, AWKWARD, {}).includes("0.6"), name);
  }
});
