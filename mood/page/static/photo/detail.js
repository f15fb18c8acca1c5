// What stands around the photo that is shown: what was found in all, or why nothing was.

/** @import { Answer } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Photo } from "./shelf.js" */
/** @import { Sentences } from "./sentences.js" */

import { button, find, findAll, part } from "../shared/dom.js";
import { readable } from "../shared/looks.js";
import { findings, mayBeRetried, refusal } from "./shelf.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function createDetail({ root, album, words, sentences }) {
  const { say, count, number } = words;
  const notice = find(root, ".notice");
  /** Of the photo that is drawn: what was found, why it could not be read, whether it waits. */
  let drawn = /** @type {unknown[]} */ ([]);
  let remarked = false;

  function draw() {
    const { shown } = album;
    const [found, refused] = [findings(shown), refusal(shown)];
    find(root, ".detail").hidden = !shown;
    find(root, ".detail").dataset.state = found ? "read" : (shown?.state ?? "");
    button(root, "retry").hidden = !mayBeRetried(shown);
    const pending = shown?.state === "waiting" && !found;
    if (drawn[0] === found && drawn[1] === refused && drawn[2] === pending) return;
    drawn = [found, refused, pending];
    if (!shown) return;
    remarked = false;
    find(root, ".found").hidden = !pending && !found?.faces.length;
    if (pending) part(root, "faces").textContent = say("working");
    button(root, "share").hidden = !found;
    for (const save of findAll(root, "[data-save]")) save.hidden = !found;
    find(root, ".answered").hidden = !found;
    if (found) describe(found);
    tell(shown);
  }

  /** @param {Photo} photo */
  function tell(photo) {
    notice.hidden = true;
    const found = findings(photo);
    const smallest = photo.options?.smallest_face ?? 0; // pixels of the lowest that was looked for
    const remarks = found ? sentences.remarks(found, smallest) : "";
    if (refusal(photo)) complain(sentences.ofPhoto(photo));
    else if (remarks) note(remarks, false);
  }

  /** @param {Answer} answer */
  function describe(answer) {
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
    answer.faces.some(readable) ? sentences.ofFaces(answer) : count("faces", 0);

  /**
   * Says something for a while; an empty text brings back what stood there.
   *
   * @param {string} sentence
   */
  function remark(sentence) {
    if (sentence) note(sentence, false);
    else if (remarked && album.shown) tell(album.shown);
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
