// Which of the faces that were expected are which of those that were found, as
// mood/video/matching.py tells; numbers are float32 as there.

/** @import { Box } from "../shared/types.d.ts" */
/** @import { Point } from "./types.d.ts" */

import { middle } from "./numbers.js";

const { fround } = Math;

const SAME_IOU = 0.25;
const REACH = fround(0.9); // sides of a face that it may be away from where it should be
const GROWTH = fround(1.8); // most that a side of it may change between two sightings
const NO_AREA = fround(1e-9);
const NO_SIDE = fround(1e-6);

/** @typedef {[expected: number, found: number]} Pair Places in the two lists. */
/** @typedef {{ pair: Pair, cost: number }} Offer */

/**
 * The best overlaps go first. What then is left over pairs by distance, within the reach of a face
 * that moved between two frames and did not change its size much.
 *
 * @param {Box[]} expected
 * @param {Box[]} found
 * @returns {Pair[]}
 */
export function match(expected, found) {
  /** @type {Pair[]} */
  const every = expected.flatMap((_, old) =>
    found.map((__, at) => /** @type {Pair} */ ([old, at])),
  );
  /** @type {Pair[]} */
  const taken = [];
  const overlaps = every.map((pair) => ({ pair, cost: -iou(expected[pair[0]], found[pair[1]]) }));
  take(
    taken,
    overlaps.filter(({ cost }) => -cost >= SAME_IOU),
  );
  take(
    taken,
    every.flatMap((pair) => byDistance(expected[pair[0]], found[pair[1]], pair)),
  );
  return taken;
}

/**
 * Adds the cheapest pairs whose members are free; of equally cheap ones the first.
 *
 * @param {Pair[]} taken
 * @param {Offer[]} offers
 */
function take(taken, offers) {
  for (const { pair } of offers.sort((a, b) => a.cost - b.cost)) {
    if (taken.every(([old, at]) => old !== pair[0] && at !== pair[1])) taken.push(pair);
  }
}

/**
 * @param {Box} expected
 * @param {Box} found
 * @param {Pair} pair
 * @returns {Offer[]} Empty where the pair is too far apart, or too unlike in size.
 */
function byDistance(expected, found, pair) {
  const sides = [sideOf(expected), sideOf(found)];
  const larger = Math.max(...sides);
  const smaller = Math.max(Math.min(...sides), NO_SIDE);
  const [x, y] = centre(expected);
  const [toX, toY] = centre(found);
  const cost = fround(lengthOf(fround(x - toX), fround(y - toY)) / Math.max(larger, NO_SIDE));
  return cost <= REACH && fround(larger / smaller) <= GROWTH ? [{ pair, cost }] : [];
}

/**
 * Intersection over union.
 *
 * @param {Box} a
 * @param {Box} b
 */
function iou(a, b) {
  const shared = areaOf([
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ]);
  const union = fround(fround(areaOf(a) + areaOf(b)) - shared);
  return fround(shared / Math.max(union, NO_AREA));
}

/** @param {Box} box */
const areaOf = ([left, top, right, bottom]) =>
  fround(Math.max(fround(right - left), 0) * Math.max(fround(bottom - top), 0));

/** @param {Box} box */
const sideOf = ([left, top, right, bottom]) =>
  fround(Math.sqrt(fround(fround(right - left) * fround(bottom - top))));

/**
 * @param {number} x
 * @param {number} y
 */
const lengthOf = (x, y) => fround(Math.sqrt(fround(fround(x * x) + fround(y * y))));

/**
 * The middle of a box.
 *
 * @param {Box} box
 * @returns {Point}
 */
export const centre = ([left, top, right, bottom]) => [middle(left, right), middle(top, bottom)];
