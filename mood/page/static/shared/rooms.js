// Rooms in a picture: what is inside, what lies on what, and what there is around a face.

/** @import { Box } from "./types.d.ts" */

/** @typedef {{ left: number, top: number, width: number, height: number }} Room */

/** @typedef {{ width: number, height: number }} Size */

/**
 * The room of a box.
 *
 * @param {Box} box In pixels of a picture.
 * @param {Size} picture
 * @param {Size} [size] In which the picture is shown; without it, the room is in shares of it.
 * @returns {Room}
 */
export function roomOf([left, top, right, bottom], picture, size = { width: 1, height: 1 }) {
  const [x, y] = [size.width / picture.width, size.height / picture.height];
  return { left: left * x, top: top * y, width: (right - left) * x, height: (bottom - top) * y };
}

/**
 * Above a face, below it and beside it; above and below it keeps within the picture.
 *
 * @param {Room} face
 * @param {Size} size
 * @param {Size} picture
 * @param {number} gap
 * @returns {Room[]} The best first.
 */
export function roomsAround(face, { width: wanted, height }, picture, gap) {
  const width = Math.min(wanted, picture.width);
  const [right, bottom] = [face.left + face.width, face.top + face.height];
  const lefts = [face.left + (face.width - width) / 2, face.left, right - width];
  const tops = [face.top - height - gap, bottom + gap];
  const over = lefts.flatMap((left) =>
    tops.map((top) => ({ left: clamp(left, 0, picture.width - width), top, width, height })),
  );
  const top = face.top + (face.height - height) / 2;
  const beside = [right + gap, face.left - gap - width];
  return [...over, ...beside.map((left) => ({ left, top, width, height }))];
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
export const clamp = (value, least, most) => Math.max(least, Math.min(value, most));

/**
 * The same room, moved to where it lies in the picture.
 *
 * @param {Room} room
 * @param {Size} picture
 * @returns {Room}
 */
export const within = ({ left, top, width, height }, picture) => ({
  left: clamp(left, 0, picture.width - width),
  top: clamp(top, 0, picture.height - height),
  width,
  height,
});

/**
 * @param {Room} room
 * @param {Size} picture
 * @param {readonly Room[]} taken
 */
export const isFree = (room, picture, taken) =>
  room.left >= 0 &&
  room.top >= 0 &&
  room.left + room.width <= picture.width &&
  room.top + room.height <= picture.height &&
  !taken.some((other) => shared(room, other) > 0);

/**
 * How much of two rooms is the same.
 *
 * @param {Room} a
 * @param {Room} b
 */
export function shared(a, b) {
  const wide = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
  const high = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
  return Math.max(0, wide) * Math.max(0, high);
}
