// How a face, or all of them together, spent a session, as mood/video/timeline.py sums it up.

/** @import { Expression, Summary } from "../shared/types.d.ts" */

import { rounded } from "./numbers.js";

/** @typedef {ReturnType<typeof createSums>} Sums */

const UNCERTAIN = -1;

export function createSums() {
  /** @type {Map<number, number>} */
  const seconds = new Map(); // of each place in the order of the expressions, and of UNCERTAIN
  let changes = 0;

  return {
    /** The last expression that was certain. @type {number | null} */
    last: null,
    /** When the face was seen last. */
    lastSeen: Number.NEGATIVE_INFINITY,
    /** Whether it ever could be read. */
    read: false,
    /** When a point of it was kept last. */
    kept: Number.NEGATIVE_INFINITY,

    /**
     * @param {number | null} expression
     * @param {number} step
     */
    add(expression, step) {
      const key = expression ?? UNCERTAIN;
      seconds.set(key, (seconds.get(key) ?? 0) + step);
    },

    change() {
      changes++;
    },

    /**
     * @param {readonly Expression[]} names
     * @returns {Summary}
     */
    summary(names) {
      const watched = [...seconds.values()].reduce((all, each) => all + each, 0);
      const share = (/** @type {number} */ key) =>
        rounded((seconds.get(key) ?? 0) / (watched || 1), 4);
      return {
        watched_s: rounded(watched, 1),
        shares: Object.fromEntries(names.map((name, at) => [name, share(at)])),
        uncertain: share(UNCERTAIN),
        changes,
      };
    },

    /** Whether any time was watched. */
    get watched() {
      return seconds.size > 0;
    },
  };
}
