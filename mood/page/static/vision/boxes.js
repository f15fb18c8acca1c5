// Boxes and points, as mood/vision/boxes.py has them; numbers are float32 where they are there.

/** @import { Box } from "../shared/types.d.ts" */
/** @import { Found, Point, Preprocessing } from "./types.d.ts" */

import { middle, rounded } from "./numbers.js";

const { fround, hypot } = Math;

/** @typedef {{ width: number, height: number }} Size */
/** @typedef {[m00: number, m01: number, m02: number, m10: number, m11: number, m12: number]} Matrix */

/**
 * A size scaled down, its shape kept, until its longer side is at most so long.
 *
 * @param {Size} size
 * @param {number} longer
 * @returns {Size}
 */
export function fitWithin({ width, height }, longer) {
  const scale = Math.min(1, longer / Math.max(width, height));
  return {
    width: Math.max(1, rounded(width * scale)),
    height: Math.max(1, rounded(height * scale)),
  };
}

/**
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 * @returns {Box}
 */
export function scaledBox([left, top, right, bottom], x, y) {
  const [across, down] = [fround(x), fround(y)];
  return [fround(left * across), fround(top * down), fround(right * across), fround(bottom * down)];
}

/**
 * The same face in a picture that is `x` times as wide and `y` times as high.
 *
 * @param {Found} face
 * @param {number} x
 * @param {number} y
 * @returns {Found}
 */
export const scaled = ({ box, confidence, landmarks }, x, y) => ({
  box: scaledBox(box, x, y),
  confidence,
  landmarks: landmarks.map(([left, top]) => [fround(left * fround(x)), fround(top * fround(y))]),
});

/** @param {Box} box */
export const heightOf = ([, top, , bottom]) => bottom - top;

/**
 * A side of a box, the geometric mean.
 *
 * @param {Box} box
 */
export const sideOf = ([left, top, right, bottom]) =>
  Math.sqrt(Math.max(right - left, 0) * Math.max(bottom - top, 0));

/**
 * The square around a face that a network sees; it may reach over the border.
 *
 * @param {Box} box
 * @param {Preprocessing} wanted
 * @returns {Box}
 */
export function squareAround(box, { crop_scale, crop_shift_y }) {
  const [left, top, right, bottom] = box;
  const half = 0.5 * crop_scale * sideOf(box);
  const [x, y] = [(left + right) / 2, (top + bottom) / 2 + crop_shift_y * (bottom - top)];
  return [fround(x - half), fround(y - half), fround(x + half), fround(y + half)];
}

/**
 * The corners of a square that is turned around its middle: top left, top right, bottom right,
 * bottom left before the turn.
 *
 * @param {Box} square
 * @param {number} angle Radians, clockwise as seen in the picture.
 * @returns {Point[]}
 */
export function turnedCorners([left, top, right, bottom], angle) {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const corners = [
    [left - x, top - y],
    [right - x, top - y],
    [right - x, bottom - y],
    [left - x, bottom - y],
  ];
  return corners.map(([a, b]) => [fround(a * cos - b * sin + x), fround(a * sin + b * cos + y)]);
}

/**
 * The turn, scale and shift that brings `source` closest to `target` in least squares.
 *
 * @param {Point[]} source
 * @param {Point[]} target
 * @returns {Matrix}
 */
export function similarity(source, target) {
  const [from, to] = [meanOf(source), meanOf(target)];
  let [along, across, all] = [0, 0, 0];
  for (const [at, [x, y]] of source.entries()) {
    const [a, b] = [x - from[0], y - from[1]];
    const [c, d] = [target[at][0] - to[0], target[at][1] - to[1]];
    along += a * c + b * d;
    across += a * d - b * c;
    all += a * a + b * b;
  }
  const [cos, sin] = [along / all, across / all];
  const shiftX = to[0] - (cos * from[0] - sin * from[1]);
  const shiftY = to[1] - (sin * from[0] + cos * from[1]);
  const rows = [cos, -sin, shiftX, sin, cos, shiftY].map(fround);
  return /** @type {Matrix} */ (rows);
}

/**
 * @param {Point[]} points
 * @returns {Point}
 */
function meanOf(points) {
  const sum = (/** @type {0 | 1} */ axis) => points.reduce((all, each) => all + each[axis], 0);
  return [sum(0) / points.length, sum(1) / points.length];
}

/**
 * How often a matrix makes a picture smaller, whole times.
 *
 * @param {Matrix} matrix
 */
export const shrinking = ([m00, , , m10]) => Math.trunc(fround(1 / fround(hypot(m00, m10))));

/**
 * Places of the boxes, rows from top to bottom, each row from left to right. A box belongs to the
 * row whose first box's middle height lies inside it, and the other way round.
 *
 * @param {Box[]} boxes
 * @returns {number[]}
 */
export function readingOrder(boxes) {
  const height = (/** @type {number} */ at) => middle(boxes[at][1], boxes[at][3]);
  let rest = boxes.map((_, at) => at).sort((a, b) => height(a) - height(b));
  const order = [];
  while (rest.length) {
    const [, top, , bottom] = boxes[rest[0]];
    const level = middle(top, bottom);
    const row = rest.filter(
      (at) =>
        boxes[at][1] <= level && level <= boxes[at][3] && top <= height(at) && height(at) <= bottom,
    );
    order.push(...row.sort((a, b) => boxes[a][0] - boxes[b][0]));
    rest = rest.filter((at) => !row.includes(at));
  }
  return order;
}
