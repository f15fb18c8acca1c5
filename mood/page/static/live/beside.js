// Where the bars of a face stand in the picture: at its side, where they cover nothing.

/** @import { Room, Size } from "../shared/rooms.js" */

import { clamp, isFree } from "../shared/rooms.js";

/** @typedef {"right" | "left"} Side */

const GAP = 10; // pixels

/**
 * @param {Room} face
 * @param {Size} size
 * @param {readonly Room[]} taken What must not be covered.
 * @param {Size} picture
 * @param {Side} [before] Where they stood: they change sides only where they must.
 * @returns {{ side: Side, left: number, top: number } | null} Null where there is no room.
 */
export function placeBeside(face, size, taken, picture, before = "right") {
  const middle = face.top + (face.height - size.height) / 2;
  const lowest = picture.height - size.height;
  // A label above or below may reach further than its face: then they stand lower, or higher.
  const tops = [middle, face.top, face.top + face.height - size.height];
  const lefts = { right: face.left + face.width + GAP, left: face.left - size.width - GAP };
  /** @type {Side[]} */
  const sides = before === "right" ? ["right", "left"] : ["left", "right"];
  for (const side of sides) {
    for (const each of tops) {
      const place = { left: lefts[side], top: clamp(each, 0, lowest) };
      if (isFree({ ...place, ...size }, picture, taken)) return { side, ...place };
    }
  }
  return null;
}
