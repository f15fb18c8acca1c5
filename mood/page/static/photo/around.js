// What a thumbnail shows of a photo: its faces, with some room around them.

/** @import { Box } from "../shared/types.d.ts" */

/** @typedef {{ width: number, height: number }} Size */

const ROOM = 0.5; // of the faces' width and height, on either side
const LEAST = 0.3; // of what would fit: a tiny face alone would be a blur

/**
 * The part of a photo around some boxes, as large as it must be for all and nowhere over the border;
 * without boxes, or with too many for it, as much from the middle as fits.
 *
 * @param {readonly Box[]} boxes
 * @param {Size} photo
 * @param {number} ratio Width by height of the part.
 * @returns {{ left: number, top: number, width: number, height: number }} Pixels of the photo.
 */
export function partAround(boxes, photo, ratio) {
  const most = Math.min(photo.width, photo.height * ratio);
  const edge = (/** @type {number} */ at, /** @type {(...all: number[]) => number} */ pick) =>
    pick(...boxes.map((box) => box[at]));
  const [left, top, right, bottom] = boxes.length
    ? [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)]
    : [0, 0, photo.width, photo.height];
  const wanted = (1 + 2 * ROOM) * Math.max(right - left, (bottom - top) * ratio);
  const width = Math.max(LEAST * most, Math.min(most, wanted));
  const height = width / ratio;
  const within = (
    /** @type {number} */ middle,
    /** @type {number} */ side,
    /** @type {number} */ all,
  ) => Math.max(0, Math.min(middle - side / 2, all - side));
  return {
    left: within((left + right) / 2, width, photo.width),
    top: within((top + bottom) / 2, height, photo.height),
    width,
    height,
  };
}
