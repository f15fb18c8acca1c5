// What the detector's network tells of each place of a picture, and the faces that this means: as
// mood/vision/places.py and mood/vision/boxes.py have it.

/** @import { Found } from "./types.d.ts" */

const STRIDES = [8, 16, 32]; // pixels from one place to the next
const TOLD = 16; // numbers of each place: class, object, box, five landmarks
const CONFIDENT = 0.5;
const LARGEST = 8; // e to this are 3,000 steps
const SAME_FACE = 0.5; // of the smaller of two boxes
const APART = 0.6; // how far the landmarks of two faces are apart, in sides of the smaller one
const SURE_OF_BOTH = 0.7;

/** @type {(logit: number) => number} */
const probability = (logit) => 1 / (1 + Math.exp(-Math.max(logit, -50)));

/**
 * @param {Float32Array} told Of all places, those of each grid by rows, one grid after the other.
 * @param {{ width: number, height: number }} size Of the padded picture.
 * @returns {Found[]} Most confident first, each once.
 */
export function facesOf(told, { width, height }) {
  /** @type {Found[]} */
  const found = [];
  let at = 0;
  for (const stride of STRIDES) {
    const columns = width / stride;
    const places = columns * (height / stride);
    for (let place = 0; place < places; place++, at += TOLD) {
      if (Math.min(told[at], told[at + 1]) < -1.11) continue; // of nearly all it is plain
      const confidence = Math.fround(Math.sqrt(probability(told[at]) * probability(told[at + 1])));
      if (confidence < CONFIDENT) continue;
      const column = place % columns;
      const row = (place - column) / columns;
      found.push({ confidence, ...shape(told.subarray(at + 2, at + TOLD), column, row, stride) });
    }
  }
  return eachOnce(found);
}

/**
 * @param {Float32Array} told Centre, logarithms of width and height, landmarks, in steps.
 * @param {number} column
 * @param {number} row
 * @param {number} stride
 * @returns {Pick<Found, "box" | "landmarks">}
 */
function shape(told, column, row, stride) {
  const [x, y] = [told[0] + column, told[1] + row];
  const [w, h] = [told[2], told[3]].map((value) => Math.exp(Math.min(value, LARGEST)) / 2);
  /** @type {(value: number) => number} */
  const pixels = (value) => Math.fround(stride * value);
  return {
    box: [pixels(x - w), pixels(y - h), pixels(x + w), pixels(y + h)],
    landmarks: [4, 6, 8, 10, 12].map((at) => [
      pixels(told[at] + column),
      pixels(told[at + 1] + row),
    ]),
  };
}

/**
 * The finds without those that show a face again, most confident first.
 *
 * @param {Found[]} finds
 */
export function eachOnce(finds) {
  /** @type {Found[]} */
  const kept = [];
  const ordered = [...finds].sort((a, b) => b.confidence - a.confidence);
  for (const find of ordered) if (!kept.some((other) => isSame(other, find))) kept.push(find);
  return kept;
}

/** @type {(kept: Found, find: Found) => boolean} */
function isSame(kept, find) {
  const shared = area([
    Math.max(kept.box[0], find.box[0]),
    Math.max(kept.box[1], find.box[1]),
    Math.min(kept.box[2], find.box[2]),
    Math.min(kept.box[3], find.box[3]),
  ]);
  const smaller = Math.max(Math.min(area(kept.box), area(find.box)), 1e-9);
  if (shared <= SAME_FACE * smaller) return false;
  const steps = find.landmarks.map(([x, y], index) =>
    Math.hypot(x - kept.landmarks[index][0], y - kept.landmarks[index][1]),
  );
  const apart = steps.reduce((sum, step) => sum + step) / steps.length;
  return !(apart > APART * Math.sqrt(smaller) && find.confidence >= SURE_OF_BOTH);
}

/** @param {number[]} box */
function area([left, top, right, bottom]) {
  return Math.max(0, right - left) * Math.max(0, bottom - top);
}
