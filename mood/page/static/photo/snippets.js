// The code that asks the same of this server from a program, to be copied: `examples/clients`.

/** @import { Options } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */

import { CODE, followCode, leadTo } from "../shared/addresses.js";
import { copyText } from "../shared/clipboard.js";
import { button, find, findAll, make, part } from "../shared/dom.js";

const quote = JSON.stringify; // its escapes are those of Python and JavaScript as well

/** @param {string} text */
const shellQuote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const PHOTO = /(["'])photo\.jpg\1/g;
const SERVER = /(["'])http:\/\/127\.0\.0\.1:7860\1/g;

/**
 * What the API takes besides a picture, in its order, and what each is where nothing is chosen.
 *
 * @type {Record<string, unknown>}
 */
const DEFAULTS = {
  model: "",
  detector: "",
  certainty: 0,
  smallest_face: 0,
  expressions: [],
  quick: false,
  show_unreadable: true,
};

/**
 * A client that asks this server about this photo, with these choices, where it is told nothing
 * else.
 *
 * @param {string} client The text of the file.
 * @param {string} url
 * @param {string} photo
 * @param {Partial<Options>} [options]
 */
export function filledIn(client, url, photo, options = {}) {
  /** @param {string} value */
  const quoted = (value) => (/** @type {string} */ _, /** @type {string} */ mark) =>
    mark === '"' ? quote(value) : shellQuote(value);
  return withChoices(client, { ...DEFAULTS, ...options })
    .replaceAll(SERVER, quoted(url))
    .replaceAll(PHOTO, quoted(photo));
}

/**
 * @param {string} client
 * @param {Record<string, unknown>} options
 */
function withChoices(client, options) {
  const names = Object.keys(DEFAULTS);
  const chosen = names.filter((name) => quote(options[name]) !== quote(DEFAULTS[name]));
  if (!chosen.length) return client;
  const query = new URLSearchParams(chosen.map((name) => [name, String(options[name])]));
  const values = names.slice(0, names.indexOf(chosen[chosen.length - 1]) + 1);
  /** @param {string} name */
  const inPython = (name) => (options[name] === false ? "False" : quote(options[name]));
  return client
    .replace('/api/analyze"', () => `/api/analyze?${query}"`)
    .replace("{ image }", () => {
      const named = chosen.map((name) => `${name}: ${quote(options[name])}`);
      return `{ image, ${named.join(", ")} }`;
    })
    .replace('api_name="/analyze"', (api) => {
      return [...chosen.map((name) => `${name}=${inPython(name)}`), api].join(", ");
    })
    .replace('"gradio.FileData"}}]', () => {
      return `"gradio.FileData"}}, ${values.map((name) => quote(options[name])).join(", ")}]`;
    });
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
 * @param {() => Options} options What the visitor wants at the moment.
 * @param {number} smallest Pixels: the server finds no smaller faces.
 */
export function createSnippets(root, album, words, options, smallest) {
  const dialog = makeDialog(find(root, ".share"), words);
  const box = find(dialog, ".share");
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
    else code.textContent = filledIn(client, here.replace(/\/$/, ""), photo, wanted());
  }

  /** What the server does by itself need not be said. */
  function wanted() {
    const { model, detector, smallest_face, ...others } = options();
    const named = (/** @type {string} */ name) => (name === "auto" ? "" : name);
    return {
      ...others,
      model: named(model),
      detector: named(detector),
      smallest_face: smallest_face > smallest ? smallest_face : 0,
    };
  }

  /** @param {string} sentence */
  function say(sentence) {
    part(box, "copied").textContent = sentence;
  }

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
  followCode(dialog, draw);
  button(root, "share").addEventListener("click", () => leadTo(CODE));
}

/**
 * A dialog with a box of the page in it, which stands beside all tabs.
 *
 * @param {HTMLElement} box
 * @param {Words} words
 */
function makeDialog(box, words) {
  const title = make("h2", { id: "code-title" }, words.say("share"));
  const close = make("button", { type: "button", "data-do": "close" }, "×");
  close.setAttribute("aria-label", words.say("close"));
  const head = make("div", { class: "head" }, title, close);
  const attributes = { class: "code", dir: words.direction, "aria-labelledby": title.id };
  const dialog = make("dialog", attributes, head, box);
  find(document, ".gradio-container").append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  return dialog;
}
