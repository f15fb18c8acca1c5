// Of several photos, those that could not be read: how many, and why each could not.

/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Sentences } from "./sentences.js" */

import { button, find, make, part } from "../shared/dom.js";
import { hasFailed, mayBeRetried } from "./shelf.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 * @param {() => void} given.again Called when photos wait to be tried again.
 */
export function createFailures({ root, album, words, sentences, again }) {
  const box = find(root, ".failures");
  const list = find(box, "ul");
  const retry = button(box, "retry-all");
  let told = "";

  function draw() {
    const photos = album.photos;
    const failed = photos.filter(hasFailed);
    const alone = photos.length === 1; // then the photo's own notice says it
    box.hidden = alone || !failed.length;
    retry.hidden = !failed.some(mayBeRetried);
    const all = words.number(photos.length);
    const sentence = words.count("failed_some", failed.length, { all });
    const rows = failed.map((photo) => sentences.ofPhoto(photo));
    const now = [sentence, ...rows].join("\n");
    if (now === told) return; // what is read out is written once
    told = now;
    part(box, "failed").textContent = sentence;
    list.replaceChildren(...rows.map((row) => make("li", {}, row)));
  }

  retry.addEventListener("click", () => {
    album.retry();
    again();
  });
  album.onChange(draw);
}
