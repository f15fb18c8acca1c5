// What the faces of a session showed over time: the last two minutes, and a summary, as
// mood/video/timeline.py keeps them; of a film all of it.

/** @import { Box, Expression, Reason } from "../shared/types.d.ts" */
/** @import { Tracked } from "./types.d.ts" */
/** @import { Point } from "./points.js" */
/** @import { Sums } from "./summaries.js" */
/** @import { Wish } from "./wishes.js" */

import { heightOf } from "./boxes.js";
import { counting, judgedAnew } from "./points.js";
import { createSums } from "./summaries.js";
import { ALL, isSame } from "./wishes.js";

const SPAN_S = 120; // how far back the record reaches
const INTERVAL_S = 0.1; // of each face at most one point is kept in this time
const MOST_POINTS = 6000; // of all faces together
const MOST_OF_A_FILM = 36_000; // an hour of one face
const MOST_FACES = 50; // that the summary tells apart
const AROUND_S = 1; // who was there so long before a moment of a film is there
const LONGEST_STEP_S = 2; // a longer gap between two frames is no time that was watched

/** @typedef {ReturnType<typeof createTimeline>} Timeline */

/**
 * @param {readonly Expression[]} names In the order of all probabilities.
 * @param {boolean} [film] Whether all of it is kept, whichever part is seen again.
 */
export function createTimeline(names, film = false) {
  /** @type {Point[]} */
  let points = [];
  /** @type {Map<number, Sums>} */
  const faces = new Map();
  const total = createSums();
  let wish = ALL;

  /**
   * @param {Box} box
   * @param {Reason | null} reason
   */
  const counts = (box, reason) =>
    heightOf(box) >= wish.smallest_face && (!reason || wish.show_unreadable);

  /** @param {number} number */
  function sumsOf(number) {
    const known = faces.get(number);
    if (known) return known;
    const sums = createSums();
    faces.set(number, sums);
    if (faces.size > MOST_FACES) faces.delete(/** @type {number} */ (faces.keys().next().value));
    return sums;
  }

  /**
   * @param {Tracked} face
   * @param {number} time
   */
  function recordFace({ number, box, reason, expression, probabilities }, time) {
    const sums = sumsOf(number);
    const counted = counts(box, reason);
    const step = time - sums.lastSeen;
    if (!reason && counted && step <= LONGEST_STEP_S) {
      sums.add(expression, step);
      total.add(expression, step);
    }
    sums.lastSeen = time;
    sums.read ||= !reason && counted;
    if (counted && expression !== null) {
      if (sums.last !== null && sums.last !== expression) {
        sums.change();
        total.change();
      }
      sums.last = expression;
    }
    if (time - sums.kept >= INTERVAL_S) {
      sums.kept = time;
      const verdict = reason ? "unreadable" : expression === null ? "uncertain" : "certain";
      const shares = Float32Array.from(probabilities);
      points.push({ time, face: number, box, verdict, reason, expression, probabilities: shares });
    }
  }

  /** Parts of a film may have been seen in any order. */
  const inOrder = () => (film ? [...points].sort((a, b) => a.time - b.time) : points);

  /**
   * Who was there within the second before a moment, by number.
   *
   * @param {number} time
   * @returns {Map<number, Box>}
   */
  function around(time) {
    const late = inOrder().filter((point) => point.time >= time - AROUND_S && point.time <= time);
    return new Map(late.map(({ face, box }) => [face, box]));
  }

  return {
    /**
     * Has the record show what somebody wants to see from now on, of what was before as well; the
     * summary stays as it was shown.
     *
     * @param {Wish} wanted
     * @param {number} certainty Probability from which on a verdict is certain.
     */
    settle(wanted, certainty) {
      if (isSame(wanted, wish)) return;
      wish = wanted;
      points = points.map((point) => judgedAnew(point, names, wish.expressions, certainty));
    },

    /**
     * Takes in what one frame shows; faces that it misses are left out, and those that did not stay.
     *
     * @param {Tracked[]} tracked
     * @param {number} time Seconds since the session began.
     */
    record(tracked, time) {
      for (const face of tracked) {
        if (face.missing_s === 0 && face.stayed) recordFace(face, time);
      }
      if (film) {
        points.splice(0, Math.max(points.length - MOST_OF_A_FILM, 0));
        return;
      }
      const old = points.findIndex((point) => point.time >= time - SPAN_S);
      const tooMany = Math.max(points.length - MOST_POINTS, 0);
      points.splice(0, Math.max(old < 0 ? points.length : old, tooMany));
    },

    around,

    /**
     * Drops what was seen of a stretch of a film that is seen again.
     *
     * @param {number} from The frame before.
     * @param {number} to This one; where it is not the next, nothing lies between them.
     */
    replace(from, to) {
      if (to - from > LONGEST_STEP_S) return;
      const isSeenAgain = (/** @type {Point} */ { time }) => time > from && time <= to;
      if (points.some(isSeenAgain)) points = points.filter((point) => !isSeenAgain(point));
    },

    /**
     * Goes to another moment: what came later is dropped, unless all of a film is kept. Time that was
     * watched stays counted.
     *
     * @param {number} time
     * @returns {Map<number, Box>} Who was there within the second before, by number.
     */
    rewind(time) {
      if (!film) points = points.filter((point) => point.time <= time);
      for (const sums of faces.values()) {
        sums.lastSeen = sums.kept = Number.NEGATIVE_INFINITY;
      }
      return around(time);
    },

    /** Sums of all faces of the whole session together. */
    total,

    /** Those of each face that could be read, by number, the latest `MOST_FACES` at most. */
    faces: () => new Map([...faces].filter(([, { read }]) => read)),

    /** The points that count, with the probabilities of what counts. */
    shown: () =>
      inOrder()
        .filter(({ box, reason }) => counts(box, reason))
        .map((point) => counting(point, names, wish.expressions)),
  };
}
