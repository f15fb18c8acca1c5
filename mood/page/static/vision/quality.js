// Whether there is a face to read at all, as mood/vision/quality.py tells it.

/** @import { Reason } from "../shared/types.d.ts" */
/** @import { Found, Point, Weighing } from "./types.d.ts" */
/** @import { Size } from "./boxes.js" */

import { sideOf } from "./boxes.js";

// Beyond these, more says nothing about whether a face can be read.
const SURE = 0.9; // confidence of the detector
const LARGE_PX = 45;
const FRONTAL = 0.2; // turned so far, or less
const SHARP = 0.6;

const INSIDE = 0.07; // how far from the border eyes and mouth must lie, in sides of the face

/**
 * What is known of a find: what the network says, the detector's confidence, the side of the box in
 * pixels, `howTurned`, and how sharp the crop is.
 *
 * @typedef {{ logit: number, confidence: number, side: number, turned: number, sharpness: number }}
 *   Measures
 */

/**
 * The contrast of a crop, and its share of white.
 *
 * @typedef {{ deviation: number, white: number }} Tone
 */

/**
 * The probability that the face can be read, 0 to 1.
 *
 * @param {Measures} measures
 * @param {Weighing} weighing
 */
export function readableShare(measures, weighing) {
  const confidence = within(measures.confidence, 0.01, SURE);
  const total =
    weighing.bias +
    (weighing.logit * measures.logit +
      weighing.confidence * Math.log(confidence / (1 - confidence)) +
      weighing.side * Math.log2(within(measures.side, 1, LARGE_PX)) +
      weighing.turned * within(measures.turned, FRONTAL, 1) +
      weighing.sharpness * Math.log2(within(measures.sharpness, 0.02, SHARP)));
  return 1 / (1 + Math.exp(-within(total, -30, 30)));
}

/**
 * Why a face that cannot be read cannot: the first reason that is plain to see; where none is, what
 * is nearest to it.
 *
 * @param {Measures} measures
 * @param {Tone} tone
 * @param {Weighing} weighing
 * @returns {Reason}
 */
export function reasonOf(measures, tone, weighing) {
  if (tone.deviation < weighing.dark || tone.white >= weighing.burnt) return "too_dark";
  if (measures.side < weighing.small_px) return "too_small";
  if (measures.confidence < weighing.face_from) return "not_a_face";
  /** @type {[Reason, number][]} */
  const away = [
    ["turned_away", weighing.turned_from / Math.max(measures.turned, 1e-6)],
    ["too_blurred", measures.sharpness / weighing.blurred],
    ["too_small", measures.side / weighing.small_px],
  ];
  const plain = away.find(([, ratio]) => ratio <= 1);
  const [reason] = plain ?? away.reduce((least, each) => (each[1] < least[1] ? each : least));
  return reason;
}

/**
 * How far the nose is from the middle between the eyes, along their line, in their distance.
 *
 * @param {Point[]} landmarks
 */
export function howTurned([right, left, nose]) {
  const [x, y] = [left[0] - right[0], left[1] - right[1]];
  const square = x * x + y * y;
  if (square < 1e-6) return 1;
  return Math.abs(((nose[0] - right[0]) * x + (nose[1] - right[1]) * y) / square - 0.5);
}

/**
 * Whether the border of the picture cuts an eye or a corner of the mouth of a face away.
 *
 * @param {Found} face
 * @param {Size} size Of the picture.
 */
export function isCutOff({ box, landmarks }, { width, height }) {
  const margin = INSIDE * sideOf(box);
  const [right, bottom] = [width - margin, height - margin];
  const [first, second, , ...mouth] = landmarks; // the nose tells least
  return ![first, second, ...mouth].every(
    ([x, y]) => margin <= x && x <= right && margin <= y && y <= bottom,
  );
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
const within = (value, least, most) => Math.min(Math.max(value, least), most);
