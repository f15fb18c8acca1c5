// Which part of a photo is seen: how much larger than whole, and where it begins.

/** @import { Room } from "../shared/rooms.js" */

import { clamp } from "../shared/rooms.js";

/**
 * The photo's part at the left and upper edge of the window, in sides of the photo.
 *
 * @typedef {{ zoom: number, x: number, y: number }} View
 */

/** @typedef {{ x: number, y: number }} Point */

/** @type {View} */
export const WHOLE = Object.freeze({ zoom: 1, x: 0, y: 0 });

const MOST_ZOOM = 8;
const TINY = 32; // pixels on the screen
const AIM = 96; // pixels of a tiny face, at least, once it is chosen
const MOST_SHARE = 0.8; // of the window, for a face that is chosen

/**
 * The next view within what there is: no smaller than whole, and no edge inside the window.
 *
 * @param {View} view
 * @returns {View}
 */
function bounded({ zoom, x, y }) {
  const most = clamp(zoom, 1, MOST_ZOOM);
  return { zoom: most, x: clamp(x, 0, 1 - 1 / most), y: clamp(y, 0, 1 - 1 / most) };
}

/**
 * Larger or smaller by a factor; what lies at a point of the window stays there.
 *
 * @param {View} view
 * @param {Point} point In sides of the window.
 * @param {number} factor
 */
export function zoomedAt({ zoom, x, y }, point, factor) {
  const next = clamp(zoom * factor, 1, MOST_ZOOM);
  const stays = (/** @type {number} */ from, /** @type {number} */ at) =>
    from + at / zoom - at / next;
  return bounded({ zoom: next, x: stays(x, point.x), y: stays(y, point.y) });
}

/**
 * The photo pulled along.
 *
 * @param {View} view
 * @param {Point} way In sides of the window.
 */
export const pulled = ({ zoom, x, y }, way) =>
  bounded({ zoom, x: x - way.x / zoom, y: y - way.y / zoom });

/**
 * A face that is chosen comes into sight, larger if it is tiny, smaller if it fills the window.
 *
 * @param {View} view
 * @param {Room} face In sides of the photo.
 * @param {{ width: number, height: number }} size Of the window, in pixels.
 * @returns {View} The same one where nothing needs to move.
 */
export function viewOn(view, face, size) {
  const side = Math.max(face.width * size.width, face.height * size.height);
  const space = Math.min(size.width, size.height);
  let { zoom } = view;
  if (side * zoom < TINY) zoom = Math.max(AIM, 0.3 * space) / side;
  else if (side * zoom > MOST_SHARE * space) zoom = Math.min(zoom, (MOST_SHARE * space) / side);
  zoom = clamp(zoom, 1, MOST_ZOOM);
  const end = 1 / view.zoom;
  const inSight =
    face.left >= view.x &&
    face.top >= view.y &&
    face.left + face.width <= view.x + end &&
    face.top + face.height <= view.y + end;
  if (zoom === view.zoom && inSight) return view;
  const x = face.left + face.width / 2 - 0.5 / zoom;
  const y = face.top + face.height / 2 - 0.5 / zoom;
  return bounded({ zoom, x, y });
}

/**
 * Where something lies in the window.
 *
 * @param {Room} part In sides of the photo.
 * @param {View} view
 * @param {{ width: number, height: number }} size Of the window, in pixels.
 * @returns {Room} In pixels.
 */
export const seenIn = ({ left, top, width, height }, { zoom, x, y }, size) => ({
  left: (left - x) * zoom * size.width,
  top: (top - y) * zoom * size.height,
  width: width * zoom * size.width,
  height: height * zoom * size.height,
});

const LEAST_TARGET = 24; // pixels

/**
 * Which face is meant at a point: of those whose room, or the least that a finger hits, holds it the
 * one whose middle is nearest.
 *
 * @param {Point} point
 * @param {readonly Room[]} rooms In the unit of the point: pixels.
 * @returns {number} Its place; -1 if none is there.
 */
export function meantAt(point, rooms) {
  let [meant, least] = [-1, Infinity];
  for (const [at, { left, top, width, height }] of rooms.entries()) {
    const across = Math.abs(point.x - left - width / 2);
    const down = Math.abs(point.y - top - height / 2);
    const isHit =
      across <= Math.max(width, LEAST_TARGET) / 2 && down <= Math.max(height, LEAST_TARGET) / 2;
    if (!isHit || Math.hypot(across, down) >= least) continue;
    [meant, least] = [at, Math.hypot(across, down)];
  }
  return meant;
}
