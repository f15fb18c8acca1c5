// What each face showed in the last two minutes.

/** @import { LiveFace, Mood } from "../shared/types.d.ts" */

import { moodOf, readable } from "../shared/looks.js";

/** @typedef {ReturnType<typeof createHistory>} History */

/**
 * @typedef {object} Point
 * @property {number} time Seconds since the session began.
 * @property {number[]} shares Probabilities in the order of the palette.
 * @property {Mood} mood
 */

export const SPAN_S = 120;
const POINT_EVERY_S = 0.2;
const GAP_S = 3; // without a point: the face was away

export function createHistory() {
  /** @type {Map<number, Point[]>} */
  const faces = new Map();

  return {
    /**
     * Keeps what a face shows where it can be read, but not more often than a chart has room for.
     *
     * @param {LiveFace} face
     * @param {number} time
     */
    remember(face, time) {
      if (!readable(face)) return;
      const { number, shares } = face;
      const mood = moodOf(face.expression);
      const points = faces.get(number) ?? [];
      faces.set(number, points);
      const newest = points[points.length - 1];
      if (newest && time - newest.time < POINT_EVERY_S && newest.mood === mood) return;
      points.push({ time, shares, mood });
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
    rows: () => [...faces],

    /**
     * The numbers of those faces that were seen last.
     *
     * @param {number} most
     */
    latest(most) {
      const last = (/** @type {Point[]} */ points) => points[points.length - 1].time;
      const rows = [...faces].sort(([, a], [, b]) => last(b) - last(a)).slice(0, most);
      return new Set(rows.map(([number]) => number));
    },
  };
}

/**
 * The points in pieces: a gap in time ends one.
 *
 * @param {Point[]} points
 */
export function pieces(points) {
  /** @type {Point[][]} */
  const found = [];
  for (const [at, point] of points.entries()) {
    if (!at || point.time - points[at - 1].time > GAP_S) found.push([]);
    found[found.length - 1].push(point);
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
