// The map of what speaks for an expression in a face: what counted most, and how it is drawn.

/** @import { Expression, Face, Explanation } from "../shared/types.d.ts" */

import { make } from "../shared/dom.js";

/** @typedef {Explanation} Heat */

/**
 * How much covering a part changes at most, how much the part does that speaks most for the
 * expression, and which that is: null where there is none, or the landmarks are not known.
 *
 * @typedef {{ strongest: number, most: number, part: Part | null }} Counted
 */

/** @typedef {"forehead" | "top" | "middle" | "bottom" | "around"} Part */

/** @typedef {[number, number]} Point */

/** Of the logarithm of the odds; less is no reason. */
export const LEAST = 0.1;

const WARM = [255, 106, 0];
const COOL = [30, 120, 255];

/**
 * Which expressions to explain: the one that was read; where the network wavers, the second as well.
 *
 * @param {Pick<Face, "top" | "expression" | "probabilities" | "unknown">} face
 * @returns {Expression[]}
 */
export function toExplain({ top, expression, probabilities, unknown }) {
  if (expression) return [top];
  const names = /** @type {Expression[]} */ (Object.keys(probabilities));
  const [second] = names
    .filter((name) => name !== top && !unknown.includes(name))
    .sort((a, b) => probabilities[b] - probabilities[a]);
  return second ? [top, second] : [top];
}

/**
 * @param {Heat} heat
 * @param {Point[] | null} landmarks In sides of the crop.
 * @returns {Counted}
 */
export function whatCounted({ map, cover }, landmarks) {
  const values = map.flat();
  const strongest = Math.max(...values.map(Math.abs));
  const most = Math.max(...values);
  if (most < LEAST || !landmarks) return { strongest, most, part: null };
  const at = values.indexOf(most);
  const columns = map[0].length;
  const place = [at % columns, Math.floor(at / columns)].map((cell) =>
    middle(cell, columns, cover),
  );
  return { strongest, most, part: partAt(/** @type {Point} */ (place), landmarks) };
}

/**
 * Where the middle of the patch was, in sides of the crop.
 *
 * @param {number} cell
 * @param {number} cells
 * @param {number} cover
 */
const middle = (cell, cells, cover) => cover / 2 + (cell * (1 - cover)) / (cells - 1);

/**
 * The part of a face that a point belongs to.
 *
 * @param {Point} point
 * @param {Point[]} landmarks Left eye, right eye, tip of the nose, left and right corner of the
 *   mouth, in the same pixels.
 * @returns {Part}
 */
export function partAt(point, [leftEye, rightEye, tip, leftCorner, rightCorner]) {
  const eyes = between(leftEye, rightEye);
  const mouth = between(leftCorner, rightCorner);
  const [x, y] = [mouth[0] - eyes[0], mouth[1] - eyes[1]];
  /** How far down the face, 0 at the eyes and 1 at the mouth, and how far to a side. */
  const along = (/** @type {Point} */ [u, v]) => {
    const [right, down] = [u - eyes[0], v - eyes[1]];
    const length = x * x + y * y;
    return { down: (right * x + down * y) / length, aside: (right * y - down * x) / length };
  };
  const { down, aside } = along(point);
  const nose = Math.min(0.8, Math.max(0.3, along(tip).down));
  if (Math.abs(aside) > 1.15 || down < -1.5 || down > 2) return "around";
  if (down < -0.65) return "forehead";
  if (down < nose / 2) return "top";
  return down < (nose + 1) / 2 ? "middle" : "bottom";
}

/**
 * @param {Point} a
 * @param {Point} b
 * @returns {Point}
 */
const between = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/**
 * Draws a map where it was measured: each cell in the middle of its patch, fading at the edges.
 *
 * @param {HTMLCanvasElement} canvas As large as the crop is shown.
 * @param {Heat} heat
 * @param {number} strongest What is drawn at full strength.
 */
export function drawHeat(canvas, { map, cover }, strongest) {
  const cells = map.length;
  const small = make("canvas", { width: cells + 2, height: cells + 2 });
  const [dots, pen] = [small, canvas].map((each) => each.getContext("2d"));
  if (!dots || !pen) return;
  for (const [row, values] of map.entries()) {
    for (const [column, value] of values.entries()) {
      const strength = 0.85 * Math.abs(value / strongest);
      dots.fillStyle = `rgb(${value > 0 ? WARM : COOL} / ${strength})`.replaceAll(",", " ");
      dots.fillRect(column + 1, row + 1, 1, 1);
    }
  }
  const step = (1 - cover) / (cells - 1);
  const start = middle(-1.5, cells, cover) * canvas.width;
  const side = (cells + 2) * step * canvas.width;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, start, start, side, side);
}
