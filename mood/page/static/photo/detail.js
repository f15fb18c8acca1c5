// What stands around the photo that is shown: what was found in all, or why nothing was.

/** @import { Answer, Refusal } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Sentences } from "./sentences.js" */

import { button, find, findAll, part } from "../shared/dom.js";
import { readable } from "../shared/looks.js";
import { findings } from "./album.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 * @param {() => void} given.changed Called when another answer is shown.
 */
export function createDetail({ root, album, words, sentences, changed }) {
  const { say, number } = words;
  const notice = find(root, ".notice");
  /** @type {Answer | Refusal | null} */
  let drawn = null;
  let remarked = false;

  function draw() {
    const { shown } = album;
    find(root, ".detail").hidden = !shown?.answer;
    if (!shown?.answer || shown.answer === drawn) return;
    drawn = shown.answer;
    remarked = false;
    changed();
    const found = findings(shown);
    find(root, ".mat").hidden = !found;
    find(root, ".right").hidden = !found?.faces.length;
    button(root, "share").hidden = !found;
    for (const save of findAll(root, "[data-save]")) save.hidden = !found;
    part(root, "answered").hidden = !found;
    if (!found) complain(sentences.ofPhoto(shown));
    else tell(found, shown.options?.smallest_face ?? 0);
  }

  /**
   * @param {Answer} answer
   * @param {number} smallest Pixels of the lowest face that was looked for.
   */
  function tell(answer, smallest) {
    notice.hidden = true;
    const remarks = sentences.remarks(answer, smallest);
    if (remarks) note(remarks, false);
    part(root, "faces").textContent = titleOf(answer);
    part(root, "answered").textContent = say("answered", {
      model: answer.model,
      detector: answer.detector,
      source: say(`source_${answer.source}`),
      detector_source: say(`source_${answer.detector_source}`),
      ms: number(answer.duration_ms),
    });
  }

  /**
   * Where no face can be read, the line right below says how many there are.
   *
   * @param {Answer} answer
   */
  const titleOf = (answer) =>
    answer.faces.some(readable) ? sentences.ofFaces(answer) : say("faces", { faces: 0 });

  /**
   * Says something for a while; an empty text brings back what stood there.
   *
   * @param {string} sentence
   */
  function remark(sentence) {
    const found = findings(album.shown);
    if (sentence) note(sentence, false);
    else if (remarked && found) tell(found, album.shown?.options?.smallest_face ?? 0);
    remarked = Boolean(sentence);
  }

  /** @param {string} sentence */
  const complain = (sentence) => note(sentence, true);

  /**
   * @param {string} sentence
   * @param {boolean} bad
   */
  function note(sentence, bad) {
    notice.textContent = sentence;
    notice.classList.toggle("bad", bad);
    notice.hidden = false;
  }

  album.onChange(draw);
  return { complain, remark };
}
