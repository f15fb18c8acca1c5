// The axis of time below the bands: it grows from the left, and slides when two minutes are full.

import { SPAN_S } from "./history.js";

const SPANS = [30, 60, SPAN_S]; // seconds

/** @typedef {{ from: number, span: number }} Axis In seconds of the session. */

/**
 * What the axis shows of a session.
 *
 * @param {number} time Of the session, in seconds.
 * @returns {Axis}
 */
export function axisAt(time) {
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
  const step = [5, 10, 15, 20, 30, 60].find((each) => span / each <= most) ?? span;
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
