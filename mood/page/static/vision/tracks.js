// A face that is followed: what it showed of late, and how slowly that changes what is said of it.

/** @import { Box, Reason } from "../shared/types.d.ts" */
/** @import { Point, Seen } from "./types.d.ts" */

import { centre } from "./matching.js";

const { fround } = Math;

const HALF_LIFE_S = 0.1; // after so many seconds an old probability weighs half
const MARGIN = 0.1; // how far another expression must lead before a verdict changes
const MEMORY_S = 1; // a face that is out of sight longer than this …
const MEMORY_FRAMES = 3; // … and for more frames than this is forgotten
const FORESIGHT_S = 0.6; // motion is trusted for so long
const VELOCITY_HALF_LIFE_S = 0.15;
const LOST_S = 1.5; // a face that could be read is called unreadable after so long and two frames …
const FOUND_S = 0.4; // … and one that could not is read after so long and two frames

/**
 * @typedef {object} Track
 * @property {Box} box
 * @property {readonly number[]} probabilities
 * @property {number} begun When it was seen first, in seconds.
 * @property {number} seen When it was last.
 * @property {number} number 0: seen once only, perhaps no face at all.
 * @property {boolean} stayed
 * @property {number | null} expression
 * @property {number} doubt For how many seconds it has been uncertain what is shown as certain.
 * @property {Reason | null} reason That is shown.
 * @property {Reason | null} told By the last frame.
 * @property {number} turning For how long frames have told the other …
 * @property {number} turns … and how many.
 * @property {number} read When it could be read last.
 * @property {number} missed Frames.
 * @property {Point} velocity Pixels in a second.
 */

/**
 * @param {Seen} face
 * @param {number} now Seconds.
 * @returns {Track}
 */
export const begun = ({ box, probabilities, reason }, now) => ({
  ...{ box, probabilities, begun: now, seen: now, number: 0, stayed: false },
  ...{ expression: null, doubt: 0, reason, told: reason, turning: 0, turns: 0 },
  ...{ read: reason ? Number.NEGATIVE_INFINITY : now, missed: 0, velocity: [0, 0] },
});

/**
 * One that another tracker showed last.
 *
 * @param {number} number
 * @param {Box} box
 * @param {readonly number[]} probabilities
 * @param {number} now
 * @returns {Track}
 */
export const recalled = (number, box, probabilities, now) => ({
  ...begun({ box, probabilities, reason: null }, now),
  ...{ number, stayed: true, read: Number.NEGATIVE_INFINITY },
});

/**
 * @param {Track} track
 * @param {Seen} face
 * @param {number} now
 */
export function see(track, { box, probabilities, reason }, now) {
  const elapsed = now - track.seen;
  if (elapsed > 0) {
    const weight = fround(1 - 0.5 ** (elapsed / VELOCITY_HALF_LIFE_S));
    const [from, to] = [centre(track.box), centre(box)];
    const [x, y] = track.velocity.map((old, axis) => {
      const velocity = fround(fround(to[axis] - from[axis]) / fround(elapsed));
      return fround(old + fround(weight * fround(velocity - old)));
    });
    track.velocity = [x, y];
  }
  track.told = reason;
  if (!reason) {
    track.probabilities = smooth(track.probabilities, probabilities, now - track.read);
    track.read = now;
  }
  track.box = box;
  track.seen = now;
  track.missed = 0;
}

/**
 * The exponential average, right for any interval between frames.
 *
 * @param {readonly number[]} old
 * @param {readonly number[]} latest
 * @param {number} elapsed Seconds.
 */
function smooth(old, latest, elapsed) {
  const kept = 0.5 ** (elapsed / HALF_LIFE_S);
  return latest.map((share, at) => kept * old[at] + (1 - kept) * share);
}

/**
 * The verdict that follows `current`, slow to change. An expression that is shown stays until
 * another leads it by `MARGIN`, or until its own probability falls half of that below `threshold`.
 *
 * @param {readonly number[]} shares
 * @param {number | null} current
 * @param {number} threshold
 * @returns {number | null} Null means uncertain.
 */
export function decide(shares, current, threshold) {
  const most = Math.max(...shares);
  if (current !== null) {
    const own = shares[current];
    if (own >= threshold - MARGIN / 2 && most - own < MARGIN) return current;
  }
  return most >= threshold ? shares.indexOf(most) : null;
}

/**
 * The reason to show: whether a face can be read is slow to change, so that rows stay.
 *
 * @param {Track} track
 * @param {number} elapsed Seconds since the frame before.
 */
export function settledReason(track, elapsed) {
  if (Boolean(track.told) !== Boolean(track.reason)) {
    if (!track.missed) {
      track.turning += elapsed;
      track.turns++;
    }
    const long = track.turning >= (track.reason ? FOUND_S : LOST_S);
    if (!long || track.turns < 2) return track.reason;
  }
  track.turning = track.turns = 0;
  return track.told;
}

/**
 * Where it should be by now.
 *
 * @param {Track} track
 * @param {number} now
 * @returns {Box}
 */
export function expected({ box, velocity, seen }, now) {
  const trusted = fround(Math.min(now - seen, FORESIGHT_S));
  const [x, y] = velocity.map((each) => fround(each * trusted));
  const [left, top, right, bottom] = box;
  return [fround(left + x), fround(top + y), fround(right + x), fround(bottom + y)];
}

/**
 * Whether it may still come back where it should be.
 *
 * @param {Track} track
 * @param {number} now
 */
export const isNear = ({ number, missed, seen }, now) =>
  number ? missed <= MEMORY_FRAMES || now - seen <= MEMORY_S : missed === 0;
