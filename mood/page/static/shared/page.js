// The parts that belong to no tab: language and direction of the page, and its header.

/** @import { Panel } from "./types.d.ts" */

import { dress, fill, find } from "./dom.js";
import { loadWords } from "./words.js";

/** @param {Panel<{}, {}>} panel */
export async function start({ element }) {
  const [words] = await Promise.all([loadWords(), dress(import.meta.url, "page.css")]);
  document.documentElement.lang = words.language;
  document.documentElement.dir = words.direction;
  fill(element, words);
  find(element, "header").hidden = false;
}
