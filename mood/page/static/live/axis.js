// The axis of time below the bands: of a camera it grows from the left, and slides when two minutes
// are full; of a film it is as long as that.

import { make, percentOf } from "../shared/dom.js";
import { SPAN_S } from "./history.js";
import { clock } from "./session.js";

const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600]; // seconds
const SPANS = [30, 60, SPAN_S]; // seconds
const TICK_EVERY = 64; // pixels, at most six

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

/**
 * Writes the moments below the line of time.
 *
 * @param {HTMLElement} axis
 * @param {Axis} scale
 */
export function drawTicks(axis, scale) {
  const most = Math.max(2, Math.min(6, Math.floor(axis.clientWidth / TICK_EVERY)));
  const ticks = ticksOf(scale, most).map((time) => {
    const share = shareOf(scale, time);
    const tick = make("span", {}, clock(time));
    tick.style.left = percentOf(share);
    tick.classList.toggle("begin", share < 0.03); // stays inside
    tick.classList.toggle("end", share > 0.97);
    return tick;
  });
  axis.replaceChildren(...ticks);
}
