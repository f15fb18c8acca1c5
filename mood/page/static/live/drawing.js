// What a chart consists of, drawn on a canvas.

/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Point } from "./history.js" */

/** @typedef {CanvasRenderingContext2D} Pen */
/** @typedef {(time: number) => number} Across Pixels from the left. */

const FONT = "system-ui, sans-serif";
const ROOM_FOR_SYMBOL = 22; // pixels

/**
 * Probabilities, stacked.
 *
 * @param {Pen} pen
 * @param {Point[]} points
 * @param {Across} x
 * @param {number} height
 * @param {Looks} looks
 */
export function drawAreas(pen, points, x, height, looks) {
  let floor = points.map(() => 0);
  for (const [index, expression] of looks.expressions.entries()) {
    const roof = points.map((point, at) => floor[at] + point.shares[index]);
    pen.beginPath();
    for (const [at, { time }] of points.entries()) pen.lineTo(x(time), height * (1 - roof[at]));
    for (const [at, { time }] of [...points.entries()].reverse()) {
      pen.lineTo(x(time), height * (1 - floor[at]));
    }
    pen.closePath();
    pen.fillStyle = looks.of(expression).colour;
    pen.fill();
    floor = roof;
  }
}

/**
 * The mood as a band, with its symbol where there is room.
 *
 * @param {Pen} pen
 * @param {Point[]} points
 * @param {Across} x
 * @param {number} top
 * @param {number} height
 * @param {Looks} looks
 */
export function drawStrip(pen, points, x, top, height, looks) {
  let begin = 0;
  for (const [at, point] of points.entries()) {
    const next = points[at + 1];
    if (next?.mood === point.mood) continue;
    const look = looks.of(point.mood);
    const left = x(points[begin].time);
    const width = Math.max(x((next ?? point).time) - left, 1);
    pen.fillStyle = look.colour;
    pen.fillRect(left, top, width, height);
    if (point.mood === "uncertain") hatch(pen, left, top, width, height);
    if (width > ROOM_FOR_SYMBOL) {
      pen.font = `12px ${FONT}`;
      pen.textAlign = "left";
      pen.textBaseline = "middle";
      pen.fillStyle = look.ink;
      pen.fillText(look.symbol, left + 3, top + height / 2 + 1);
    }
    begin = at + 1;
  }
}

/**
 * @param {Pen} pen
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 */
function hatch(pen, left, top, width, height) {
  pen.save();
  pen.beginPath();
  pen.rect(left, top, width, height);
  pen.clip();
  pen.strokeStyle = "#8a94a6";
  pen.lineWidth = 1;
  pen.beginPath();
  for (let at = left - (left % 6) - height; at < left + width; at += 6) {
    pen.moveTo(at, top + height);
    pen.lineTo(at + height, top);
  }
  pen.stroke();
  pen.restore();
}

/**
 * Now, and each half minute before.
 *
 * @param {Pen} pen
 * @param {number} height
 * @param {(ago: number) => number} x
 * @param {string} colour
 * @param {Words} words
 */
export function drawAxis(pen, height, x, colour, words) {
  pen.font = `11px ${FONT}`;
  pen.textBaseline = "bottom";
  for (const ago of [0, 30, 60, 90]) {
    pen.fillStyle = colour;
    pen.textAlign = ago ? "center" : "right";
    const text = ago ? words.say("live_seconds", { seconds: ago }) : words.say("live_now");
    pen.fillText(text, x(ago), height);
    if (!ago) continue;
    pen.globalAlpha = 0.25;
    pen.fillRect(x(ago), 0, 1, height - 16);
    pen.globalAlpha = 1;
  }
}
