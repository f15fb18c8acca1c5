// Why a face was read so: a heat map over its crop, and a sentence on what counted most.

/** @import { Face, Networks, PhotoServer } from "../shared/types.d.ts" */
/** @import { Patience } from "../shared/patience.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Sentences } from "./sentences.js" */

import { button, find, make } from "../shared/dom.js";

const LEAST = 0.1; // of the logarithm of the odds; less is no reason

/**
 * @param {object} given
 * @param {PhotoServer} given.server
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 * @param {Pick<Patience, "insist">} given.patience
 * @param {() => Networks} given.networks That read the photo.
 * @returns {(face: Face, card: HTMLElement) => Promise<void>}
 */
export function createWhy({ server, words, sentences, patience, networks }) {
  return async (face, card) => {
    const asked = button(card, "why");
    const reason = find(card, ".reason");
    const { model, detector } = networks();
    asked.disabled = true;
    const question = { image: face.crop, expression: face.top, model, detector };
    const answer = await patience.insist(server.explain_face, question, (sentence) => {
      reason.textContent = sentence;
    });
    asked.disabled = false;
    if ("error" in answer) {
      reason.textContent = sentences.excuse(answer);
      return;
    }
    const { strongest, part } = whatCounted(answer.map);
    card.querySelector("canvas")?.remove();
    if (strongest < LEAST) {
      reason.textContent = words.say("why_none");
      return;
    }
    const label = words.say("why_alt", { part: words.say(part) });
    find(card, ".stage").append(drawHeat(answer.map, strongest, label));
    const values = { expression: words.say(face.top), part: words.say(part) };
    reason.textContent = words.say("why_note", values);
  };
}

/**
 * The part of a face whose covering takes most from the verdict, and how much any covering changes.
 *
 * @param {number[][]} map See `Explanation`.
 */
export function whatCounted(map) {
  const rows = map.map((row) => Math.max(...row));
  const place = rows.indexOf(Math.max(...rows)) / (rows.length - 1);
  return {
    strongest: Math.max(...map.flat().map(Math.abs)),
    part: place < 0.35 ? "why_top" : place < 0.7 ? "why_middle" : "why_bottom",
  };
}

/**
 * @param {number[][]} map
 * @param {number} strongest
 * @param {string} label
 */
function drawHeat(map, strongest, label) {
  const small = make("canvas", { width: map[0].length, height: map.length });
  const large = make("canvas", { width: 192, height: 192, role: "img", "aria-label": label });
  const [dots, pen] = [small, large].map((canvas) => canvas.getContext("2d"));
  if (!dots || !pen) return large;
  const pixels = dots.createImageData(small.width, small.height);
  for (const [at, value] of map.flat().entries()) {
    const [red, green, blue] = value > 0 ? [255, 106, 0] : [30, 120, 255];
    pixels.data.set([red, green, blue, 215 * Math.abs(value / strongest)], at * 4);
  }
  dots.putImageData(pixels, 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, large.width, large.height);
  return large;
}
