// One example that is read already, so that an empty page shows what it is for.

/** @import { Face, PhotoProps } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Sentences } from "./sentences.js" */

import { find, make, stand } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { roomOf } from "../shared/rooms.js";
import { makeBar } from "../shared/shares.js";

/** @typedef {Pick<Face, "bbox_xyxy" | "verdict" | "reason" | "expression" | "probability">} Read */
/** @typedef {{ name: string, width: number, height: number, faces: Read[] }} Sample */

/** Of an answer that lies beside the page: nothing is read for it. */
export async function fetchSample() {
  const answer = await fetch(new URL("../sample.json", import.meta.url)).catch(() => null);
  return answer?.ok ? /** @type {Promise<Sample>} */ (answer.json()) : null;
}

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Sample | null} given.sample
 * @param {PhotoProps} given.props
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function showSample({ root, sample, props, looks, words, sentences }) {
  const { say, number, percent } = words;
  if (!sample || !props.examples.some(({ name }) => name === sample.name)) return;
  const { name, width, height } = sample;
  const faces = sample.faces.filter(readable);

  /**
   * @param {Read} face
   * @param {number} at
   */
  function makeFrame({ bbox_xyxy, expression }, at) {
    const frame = make("span", {}, make("b", {}, number(at + 1)));
    stand(frame, roomOf(bbox_xyxy, { width, height }));
    return looks.paint(frame, moodOf(expression));
  }

  /**
   * @param {Read} face
   * @param {number} at
   */
  function makeRow({ expression, probability }, at) {
    const row = make(
      "li",
      {},
      make("b", {}, number(at + 1)),
      make("span", {}, looks.title(moodOf(expression))),
      makeBar(probability),
      make("span", { class: "value" }, percent(probability)),
    );
    return looks.paint(row, moodOf(expression));
  }

  const verdicts = faces.map((face) => sentences.ofFace(/** @type {Face} */ (face))).join(", ");
  const photo = make("img", {
    src: new URL("../small/sample.webp", import.meta.url).href,
    alt: say("photo_alt", { name: say(`example_${name}`), verdicts }),
    width,
    height,
  });
  const seen = make("div", { class: "seen" }, photo);
  const frames = make("div", { "aria-hidden": "true" }, ...faces.map(makeFrame));
  seen.append(frames);
  const figure = find(root, ".sample");
  figure.replaceChildren(
    make("figcaption", {}, say("sample")),
    seen,
    make("ol", {}, ...faces.map(makeRow)),
  );
  figure.hidden = false;
}
