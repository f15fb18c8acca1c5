import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { SNIPPETS } from "../../mood/page/static/photo/snippets.js";

const URL_HERE = "https://example.org/it's";
const AWKWARD = `a "b" $(touch x) \\ 'c' ü.jpg`;

test("each language names the server and the photo", () => {
  assert.deepEqual(Object.keys(SNIPPETS), ["python", "javascript", "curl"]);
  for (const write of Object.values(SNIPPETS)) {
    const code = write("https://example.org", "astronaut.jpg");
    assert.ok(code.includes("https://example.org"));
    assert.ok(code.includes("astronaut.jpg"));
    assert.ok(code.includes("analyze"));
  }
});

test("a shell takes any file name as it is, and runs nothing in it", () => {
  const [url, upload] = SNIPPETS.curl(URL_HERE, AWKWARD).split("\n");
  const argument = upload.slice(upload.indexOf(" <") + 2, upload.lastIndexOf(")"));
  const script = `${url}\nprintf '%s\\n' "$url" ${argument}`;
  const said = execFileSync("sh", ["-c", script], { encoding: "utf8" });
  assert.deepEqual(said.split("\n"), [URL_HERE, AWKWARD, ""]);
});

test("JavaScript takes any file name as it is", () => {
  const code = SNIPPETS.javascript(URL_HERE, AWKWARD);
  const [, url] = code.match(/connect\((.*)\);/);
  const [, name] = code.match(/readFile\((.*)\)\]/);
  assert.deepEqual([JSON.parse(url), JSON.parse(name)], [URL_HERE, AWKWARD]);
});
