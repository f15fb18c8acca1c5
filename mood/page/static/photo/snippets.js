// The code that asks the same of this server from a program, to be copied: `examples/clients`.

/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */

import { copyText } from "../shared/clipboard.js";
import { button, find, findAll, part } from "../shared/dom.js";

const quote = JSON.stringify; // its escapes are those of Python and JavaScript as well

/** @param {string} text */
const shellQuote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const PHOTO = /(["'])photo\.jpg\1/g;
const SERVER = /(["'])http:\/\/127\.0\.0\.1:7860\1/g;

/**
 * A client that asks this server about this photo where it is told nothing else.
 *
 * @param {string} client The text of the file.
 * @param {string} url
 * @param {string} photo
 */
export function filledIn(client, url, photo) {
  /** @param {string} value */
  const quoted = (value) => (/** @type {string} */ _, /** @type {string} */ mark) =>
    mark === '"' ? quote(value) : shellQuote(value);
  return client.replaceAll(SERVER, quoted(url)).replaceAll(PHOTO, quoted(photo));
}

/** @param {string} name */
async function fetched(name) {
  const answer = await fetch(new URL(`../examples/clients/${name}`, import.meta.url));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.text();
}

/**
 * @param {HTMLElement} root
 * @param {Album} album
 * @param {Words} words
 */
export function createSnippets(root, album, words) {
  const share = button(root, "share");
  const box = find(root, ".share");
  const code = find(box, "code");
  let chosen = "rest.sh";

  async function draw() {
    const asked = chosen;
    for (const choice of findAll(box, "[data-code]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.code === asked));
    }
    say("");
    const client = await fetched(asked).catch(() => null);
    const here = window.gradio_config.root || location.origin + location.pathname;
    const photo = album.shown?.name ?? "photo.jpg";
    if (asked !== chosen) return;
    if (client === null) say(words.say("lost"));
    else code.textContent = filledIn(client, here.replace(/\/$/, ""), photo);
  }

  /** @param {string} sentence */
  function say(sentence) {
    part(box, "copied").textContent = sentence;
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
      chosen = choice.dataset.code ?? chosen;
      draw();
    });
  }
  button(box, "copy").addEventListener("click", async () => {
    const copied = await copyText(code);
    say(copied ? words.say("copied") : words.say("copy_by_hand"));
  });

  return { hide: () => show(false) };
}
