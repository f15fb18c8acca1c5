// What each face showed in the last two minutes.

/** @import { Expression, Mood, Settings } from "../shared/types.d.ts" */
/** @import { Shown } from "./judge.js" */

import { moodOf, readable } from "../shared/looks.js";
import { considered, heightOf } from "../shared/settled.js";
import { judgedAnew } from "./judge.js";

/** @typedef {ReturnType<typeof createHistory>} History */

/**
 * @typedef {object} Point
 * @property {number} time Seconds since the session began.
 * @property {readonly number[]} shares Probabilities in the order of the palette.
 * @property {readonly number[]} all The same, whichever of them count.
 * @property {Mood} mood
 * @property {number} height Of the face, in pixels of the camera.
 */

export const SPAN_S = 120;
const POINT_EVERY_S = 0.2;
const GAP_S = 3; // without a point: the face was away

export function createHistory() {
  /** @type {Map<number, Point[]>} */
  const faces = new Map();
  let smallest = 0;

  /** @returns {[number, Point[]][]} */
  const rows = () =>
    [...faces]
      .map((row) => /** @type {[number, Point[]]} */ ([row[0], row[1].filter(counts)]))
      .filter(([, points]) => points.length);
  const counts = (/** @type {Point} */ { height }) => height >= smallest;

  return {
    /**
     * Keeps what a face shows that stayed and can be read, but not more often than a chart has room
     * for.
     *
     * @param {Shown} face
     * @param {number} time
     */
    remember(face, time) {
      if (!readable(face) || !face.stayed) return;
      const { number, shares, all } = face;
      const mood = moodOf(face.expression);
      const points = faces.get(number) ?? [];
      faces.set(number, points);
      const newest = points[points.length - 1];
      if (newest && time - newest.time < POINT_EVERY_S && newest.mood === mood) return;
      points.push({ time, shares, all, mood, height: heightOf(face.box) });
    },

    /**
     * Judges anew what is kept, by other settings.
     *
     * @param {readonly Expression[]} names
     * @param {Settings} wish
     * @param {number} certainty Probability from which on the network is certain by itself.
     */
    settle(names, wish, certainty) {
      smallest = wish.smallest_face;
      for (const point of [...faces.values()].flat()) {
        const face = /** @type {const} */ ({ shares: point.all, verdict: "certain" });
        const { expression } = judgedAnew({ ...face, expression: null }, names, wish, certainty);
        point.mood = moodOf(expression);
        point.shares = considered(point.all, names, wish.expressions);
      }
    },

    /**
     * Forgets what is too old.
     *
     * @param {number} time Now.
     */
    forget(time) {
      for (const [number, points] of faces) {
        while (points.length && points[0].time < time - SPAN_S) points.shift();
        if (!points.length) faces.delete(number);
      }
    },

    clear: () => faces.clear(),

    /** The number of each face with its points, in the order of their coming. */
    rows,

    /**
     * The numbers of those faces that were seen last.
     *
     * @param {number} most
     */
    latest(most) {
      const last = (/** @type {Point[]} */ points) => points[points.length - 1].time;
      const newest = rows()
        .sort(([, a], [, b]) => last(b) - last(a))
        .slice(0, most);
      return new Set(newest.map(([number]) => number));
    },
  };
}

/**
 * The point that a moment shows: the newest before it, where it was not long ago.
 *
 * @param {Point[]} points
 * @param {number} time
 * @returns {Point | null}
 */
export function pointAt(points, time) {
  const before = points.filter((point) => point.time <= time);
  const newest = before[before.length - 1];
  return newest && time - newest.time <= GAP_S ? newest : null;
}

/** @typedef {{ mood: Mood, begin: number, end: number }} Stretch From when to when, in seconds. */

/**
 * How long a face showed what, one after the other; between them it was away, or not to be read.
 *
 * @param {Point[]} points
 * @returns {Stretch[]}
 */
export function stretches(points) {
  /** @type {Stretch[]} */
  const found = [];
  for (const [at, { time, mood }] of points.entries()) {
    const last = found[found.length - 1];
    const goesOn = last && time - points[at - 1].time <= GAP_S;
    if (goesOn) last.end = time;
    if (!goesOn || last.mood !== mood) found.push({ mood, begin: time, end: time });
  }
  return found;
}

/**
 * The mood of most points.
 *
 * @param {Point[]} points One at least.
 */
export function mostly(points) {
  /** @type {Map<Mood, number>} */
  const counts = new Map();
  for (const { mood } of points) counts.set(mood, (counts.get(mood) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
