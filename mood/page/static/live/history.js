// What each face showed in the last two minutes, or in all of a film.

/** @import { Box, Expression, Mood, Settings } from "../shared/types.d.ts" */
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
 * @property {Box} box In pixels of the camera, or of the film.
 * @property {number} height Of the face, in the same.
 */

export const SPAN_S = 120;
const POINT_EVERY_S = 0.2;
const GAP_S = 3; // without a point: the face was away
const MOST_POINTS = 1000; // of a face in a film

export function createHistory() {
  /** @type {Map<number, Point[]>} */
  const faces = new Map();
  let smallest = 0;
  let length = 0; // of the film, in seconds
  let last = 0; // the time of the picture before

  /** A film of hours has fewer points: no chart has room for more. */
  const every = () => Math.max(POINT_EVERY_S, length / MOST_POINTS);

  /** @returns {[number, Point[]][]} */
  const rows = () =>
    [...faces]
      .map((row) => /** @type {[number, Point[]]} */ ([row[0], row[1].filter(counts)]))
      .filter(([, points]) => points.length);
  const counts = (/** @type {Point} */ { height }) => height >= smallest;

  /**
   * @param {Shown} face
   * @param {number} time
   */
  function add({ number, shares, all, expression, box }, time) {
    const mood = moodOf(expression);
    const points = faces.get(number) ?? [];
    faces.set(number, points);
    const at = points.findLastIndex((point) => point.time <= time) + 1;
    const newest = points[at - 1];
    if (newest && time - newest.time < every() && newest.mood === mood) return;
    points.splice(at, 0, { time, shares, all, mood, box, height: heightOf(box) });
  }

  /**
   * Forgets what was kept of a stretch of a film that was seen again.
   *
   * @param {number} from The picture before.
   * @param {number} to This one; where it is not the next, nothing lies between them.
   */
  function replace(from, to) {
    if (to <= from || to - from > GAP_S) return;
    for (const [number, points] of faces) {
      const left = points.filter(({ time }) => time <= from || time > to);
      if (left.length < points.length) faces.set(number, left);
    }
  }

  return {
    /** @param {number} seconds Of the film; 0 where it is none. */
    begin(seconds) {
      faces.clear();
      length = seconds;
      last = 0;
    },

    /**
     * A picture is there: what is seen again of a film takes the place of what was seen before.
     *
     * @param {number} time
     */
    pass(time) {
      if (length) replace(last, time);
      last = time;
    },

    /**
     * Keeps what a face shows that stayed and can be read, but not more often than a chart has room
     * for.
     *
     * @param {Shown} face
     * @param {number} time
     */
    remember(face, time) {
      if (readable(face) && face.stayed) add(face, time);
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
      if (length) return;
      for (const [number, points] of faces) {
        while (points.length && points[0].time < time - SPAN_S) points.shift();
        if (!points.length) faces.delete(number);
      }
    },

    /** Seconds without a point after which a face was away. */
    get gap() {
      return Math.max(GAP_S, 3 * every());
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
 * @param {number} [gap] Seconds without a point after which the face was away.
 * @returns {Point | null}
 */
export function pointAt(points, time, gap = GAP_S) {
  const newest = points.findLast((point) => point.time <= time);
  return newest && time - newest.time <= gap ? newest : null;
}

/** @typedef {{ mood: Mood, begin: number, end: number }} Stretch From when to when, in seconds. */

/**
 * How long a face showed what, one after the other; between them it was away, or not to be read.
 *
 * @param {Point[]} points
 * @param {number} [gap] Seconds without a point after which the face was away.
 * @returns {Stretch[]}
 */
export function stretches(points, gap = GAP_S) {
  /** @type {Stretch[]} */
  const found = [];
  for (const [at, { time, mood }] of points.entries()) {
    const last = found[found.length - 1];
    const goesOn = last && time - points[at - 1].time <= gap;
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
