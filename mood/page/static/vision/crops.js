// What a network sees of a face, as mood/vision/crops.py cuts it out; the engine moves the pixels.

/** @import { Box } from "../shared/types.d.ts" */
/** @import { Eyes, Found, Point, Preprocessing } from "./types.d.ts" */
/** @import { Size } from "./boxes.js" */

import { shrinking, similarity, squareAround, turnedCorners } from "./boxes.js";
import { rounded } from "./numbers.js";

const { fround } = Math;

/**
 * Has the engine cut a face out of its frame: the square around the box, turned where the eyes are
 * far from level.
 *
 * @param {Pick<Eyes, "square" | "warp">} eyes
 * @param {Size} size Of the frame.
 * @param {Found} face
 * @param {Preprocessing} wanted
 */
export function crop(eyes, size, face, wanted) {
  const square = squareAround(face.box, wanted);
  const slant = slantOf(face.landmarks, wanted.level_from_deg);
  if (slant) align(eyes, size, turnedCorners(square, slant), wanted.side);
  else eyes.square(...wholePixels(square));
}

/**
 * How many pixels a side of the face's square has.
 *
 * @param {Box} box
 * @param {Preprocessing} wanted
 */
export function squareSide(box, wanted) {
  const [left, , right] = squareAround(box, wanted);
  return fround(right - left);
}

/**
 * Angle of the line through the eyes in radians, clockwise; 0 is level, or nearly so.
 *
 * @param {Point[]} landmarks
 * @param {number} fromDeg
 */
function slantOf([first, second], fromDeg) {
  const slant = Math.atan2(fround(second[1] - first[1]), fround(second[0] - first[0]));
  return Math.abs(slant) < fromDeg * (Math.PI / 180) ? 0 : slant;
}

/**
 * @param {Box} square
 * @returns {Box} One pixel at least, wherever it lies.
 */
function wholePixels(square) {
  const [left, top, right, bottom] = square.map((value) => Math.floor(fround(value + 0.5)));
  return [left, top, Math.max(right, left + 1), Math.max(bottom, top + 1)];
}

/**
 * @param {Pick<Eyes, "warp">} eyes
 * @param {Size} size
 * @param {Point[]} corners Of the turned square; whole numbers are edges of pixels.
 * @param {number} side Pixels of a side of the crop.
 */
function align(eyes, { width, height }, corners, side) {
  const inner = moved(corners, -0.5); // from here on whole numbers are middles of pixels
  const target = moved(turnedCorners([0, 0, side, side], 0), -0.5);
  const matrix = similarity(inner, target);
  const step = shrinking(matrix);
  if (step <= 1) {
    eyes.warp(1, ...matrix);
    return;
  }
  // The warp looks at four pixels only: what is larger is averaged first.
  const across = fround(Math.max(1, rounded(width / step)) / width);
  const down = fround(Math.max(1, rounded(height / step)) / height);
  /** @type {Point[]} */
  const shrunk = inner.map(([x, y]) => [inShrunk(x, across), inShrunk(y, down)]);
  eyes.warp(step, ...similarity(shrunk, target));
}

/**
 * @param {Point[]} points
 * @param {number} by
 * @returns {Point[]}
 */
const moved = (points, by) => points.map(([x, y]) => [fround(x + by), fround(y + by)]);

/**
 * @param {number} value
 * @param {number} scale
 */
const inShrunk = (value, scale) => fround(fround(fround(value + 0.5) * scale) - 0.5);
