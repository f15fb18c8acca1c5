// The axis of time below the bands: of a camera it grows from the left, and slides when two minutes
// are full; of a film it is as long as that.

import { SPAN_S } from "./history.js";

const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600]; // seconds
const SPANS = [30, 60, SPAN_S]; // seconds

/** @typedef {{ from: number, span: number }} Axis In seconds of the session. */

/**
 * What the axis shows of a session.
 *
 * @param {number} time Of the session, in seconds.
 * @param {number} length Of the film, in seconds; 0 where there is none.
 * @returns {Axis}
 */
export function axisAt(time, length = 0) {
  if (length) return { from: 0, span: length };
  const span = SPANS.find((each) => time <= each) ?? SPAN_S;
  return { from: Math.max(0, time - span), span };
}

/**
 * Round moments of the axis.
 *
 * @param {Axis} axis
 * @param {number} most How many parts it is cut into at most.
 * @returns {number[]} Seconds of the session.
 */
export function ticksOf({ from, span }, most) {
  const step = STEPS.find((each) => span / each <= most) ?? span;
  const first = Math.ceil(from / step);
  return Array.from({ length: most + 1 }, (_, at) => (first + at) * step).filter(
    (time) => time <= from + span,
  );
}

/**
 * Where a moment lies on the axis.
 *
 * @param {Axis} axis
 * @param {number} time
 * @returns {number} From 0 to 1.
 */
export const shareOf = ({ from, span }, time) => Math.max(0, Math.min(1, (time - from) / span));
