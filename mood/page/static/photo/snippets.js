// The code that asks the same of this server from a program, to be copied.

/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */

import { button, find, findAll } from "../shared/dom.js";

const quote = JSON.stringify; // its escapes are those of Python and JavaScript as well

/** @param {string} text */
const shellQuote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * A program for each language.
 *
 * @type {Record<string, (url: string, photo: string) => string>}
 */
export const SNIPPETS = {
  python: (url, photo) => `from gradio_client import Client, handle_file

client = Client(${quote(url)}, httpx_kwargs={"timeout": 120})
print(client.predict(image=handle_file(${quote(photo)}), api_name="/analyze"))`,

  javascript: (url, photo) => `import { readFile } from "node:fs/promises";
import { Client } from "@gradio/client";

const client = await Client.connect(${quote(url)});
const image = new Blob([await readFile(${quote(photo)})]);
const { data } = await client.predict("/analyze", { image });
console.log(JSON.stringify(data[0], null, 2));
process.exit();`,

  curl: (url, photo) => `url=${shellQuote(url)}
file=$(curl -fsS --retry 9 "$url/gradio_api/upload" -F 'files=@-;filename=photo' <${shellQuote(photo)}) &&
file=\${file#'["'} && file=\${file%'"]'} &&
call=$(curl -fsS --retry 9 "$url/gradio_api/call/analyze" -H 'Content-Type: application/json' \\
  -d "{\\"data\\": [{\\"path\\": \\"$file\\", \\"meta\\": {\\"_type\\": \\"gradio.FileData\\"}}]}") &&
curl -fsSN "$url/gradio_api/call/analyze/$(printf %s "$call" | cut -d'"' -f4)"`,
};

/**
 * @param {HTMLElement} root
 * @param {Album} album
 * @param {Words} words
 */
export function createSnippets(root, album, words) {
  const share = button(root, "share");
  const copy = button(root, "copy");
  const box = find(root, ".share");
  const code = find(box, "code");
  let language = "python";

  function draw() {
    const here = window.gradio_config.root || location.origin + location.pathname;
    code.textContent = SNIPPETS[language](here.replace(/\/$/, ""), album.shown?.name ?? "");
    for (const choice of findAll(box, "[data-code]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.code === language));
    }
    copy.textContent = words.say("copy");
  }

  /** @param {boolean} shown */
  function show(shown) {
    box.hidden = !shown;
    share.setAttribute("aria-expanded", String(shown));
    if (shown) draw();
  }

  share.addEventListener("click", () => show(Boolean(box.hidden)));
  for (const choice of findAll(box, "[data-code]")) {
    choice.addEventListener("click", () => {
      language = choice.dataset.code ?? language;
      draw();
    });
  }
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.textContent ?? "");
    copy.textContent = words.say("copied");
  });

  return { hide: () => show(false) };
}
