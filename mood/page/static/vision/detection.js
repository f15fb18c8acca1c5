// Where to look for faces, and how closely: the quick policy of mood/vision/detection.py.

/** @import { Eyes, Found, Mode, Specs } from "./types.d.ts" */
/** @import { Size } from "./boxes.js" */

import { fitWithin, heightOf, readingOrder, scaled } from "./boxes.js";

const QUICK_SIDE = 320;
const SMALL_SIDE = 256; // of the only look, on a slow device
const WORTH_CLOSER = 40; // pixels: a lower face in the quick look is worth a closer one
const LEAST_SIDE = 8; // pixels: the network finds what is not there in slivers

/**
 * @param {Pick<Eyes, "look">} eyes
 * @param {Size} size Of the frame.
 * @param {Pick<Specs, "detection_side" | "smallest_face">} specs
 * @param {Mode} mode
 * @returns {Found[]} In reading order, in pixels of the frame.
 */
export function findFaces(eyes, size, specs, mode) {
  const found = closerAndCloser(eyes, size, sidesFor(mode, specs.detection_side));
  const tall = found.filter(({ box }) => heightOf(box) >= specs.smallest_face);
  return readingOrder(tall.map(({ box }) => box)).map((at) => tall[at]);
}

/**
 * @param {Mode} mode
 * @param {number} close
 */
function sidesFor(mode, close) {
  if (mode === "small" || mode === "slow") return [Math.min(SMALL_SIDE, close)];
  return close > QUICK_SIDE ? [QUICK_SIDE, close] : [close];
}

/**
 * @param {Pick<Eyes, "look">} eyes
 * @param {Size} size
 * @param {number[]} sides
 */
function closerAndCloser(eyes, size, sides) {
  /** @type {Found[]} */
  let faces = [];
  for (const side of sides) {
    const { width, height } = fitWithin(size, side);
    if (Math.min(width, height) < LEAST_SIDE) continue;
    const [across, down] = [size.width / width, size.height / height];
    faces = eyes.look(width, height).map((face) => scaled(face, across, down));
    const whole = width === size.width && height === size.height;
    const lowest = Math.min(...faces.map(({ box }) => heightOf(box)));
    if (whole || (faces.length && lowest >= WORTH_CLOSER * down)) break;
  }
  return faces;
}

/**
 * At most so many of the faces, those with the largest boxes, in the order they stand in.
 *
 * @param {Found[]} faces
 * @param {number} most
 */
export function largest(faces, most) {
  if (faces.length <= most) return faces;
  const area = (/** @type {Found} */ { box: [left, top, right, bottom] }) =>
    (right - left) * (bottom - top);
  const bySize = faces.map((_, at) => at).sort((a, b) => area(faces[b]) - area(faces[a]));
  return bySize
    .slice(0, most)
    .sort((a, b) => a - b)
    .map((at) => faces[at]);
}
