// One face at one moment of a session, as it is kept and as somebody wants to see it.

/** @import { Box, Expression, Reason, Verdict } from "../shared/types.d.ts" */

import { considered, judged } from "../shared/settled.js";

/**
 * `expression` is its place in the order of the probabilities, or null; `time` is in seconds since
 * the session began.
 *
 * @typedef {object} Point
 * @property {number} time
 * @property {number} face
 * @property {Box} box
 * @property {Verdict} verdict
 * @property {Reason | null} reason
 * @property {number | null} expression
 * @property {Float32Array} probabilities
 */

/**
 * The same point, judged by other wishes; what cannot be read stays so.
 *
 * @param {Point} point
 * @param {readonly Expression[]} names In the order of the probabilities.
 * @param {readonly Expression[]} counted Empty means all.
 * @param {number} certainty Probability from which on a verdict is certain.
 * @returns {Point}
 */
export function judgedAnew(point, names, counted, certainty) {
  if (point.reason) return point;
  const shares = considered([...point.probabilities], names, counted);
  const verdict = judged(shares, point.verdict, certainty);
  const top = shares.indexOf(Math.max(...shares));
  return { ...point, verdict, expression: verdict === "certain" ? top : null };
}

/**
 * The same point with the probabilities of what counts.
 *
 * @param {Point} point
 * @param {readonly Expression[]} names
 * @param {readonly Expression[]} counted
 * @returns {Point}
 */
export function counting(point, names, counted) {
  const shares = considered([...point.probabilities], names, counted);
  return { ...point, probabilities: Float32Array.from(shares) };
}
