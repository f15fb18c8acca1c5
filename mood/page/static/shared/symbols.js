// The line faces of the moods. They are drawn once, in `symbols.svg`, which the server writes into
// the page: markup refers to them, and a canvas draws the same lines.

/** @import { Mood } from "./types.d.ts" */

import { find, make } from "./dom.js";

const SYMBOL = '<svg class="symbol" aria-hidden="true"><use></use></svg>'; // a word is beside it
const SIDE = 16; // of a symbol, in its own units

/**
 * The face of a mood, as high as the text beside it and in its colour.
 *
 * @param {Mood} mood
 */
export function symbolOf(mood) {
  const holder = make("template");
  holder.innerHTML = SYMBOL;
  const symbol = find(holder.content, "svg", SVGElement);
  wear(symbol, mood);
  return symbol;
}

/**
 * The same on a canvas, in the colour that it fills with.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {Mood} mood
 * @param {{ left: number, top: number, size: number }} place
 */
export function drawSymbol(pen, mood, { left, top, size }) {
  const lines = document.querySelector(`#mood-${mood} path`);
  if (!lines) return;
  pen.save();
  pen.translate(left, top);
  pen.scale(size / SIDE, size / SIDE);
  pen.strokeStyle = pen.fillStyle;
  pen.lineWidth = Number(lines.getAttribute("stroke-width"));
  pen.lineCap = pen.lineJoin = "round";
  pen.stroke(new Path2D(lines.getAttribute("d") ?? ""));
  pen.restore();
}

/**
 * Has the logo make the face of a mood; with none, its own.
 *
 * @param {Mood | null} mood
 */
export function wearOnLogo(mood) {
  for (const logo of document.querySelectorAll(".logo")) wear(logo, mood);
}

/**
 * @param {Element} picture
 * @param {Mood | null} mood
 */
function wear(picture, mood) {
  const address = mood ? `#mood-${mood}` : "#logo-face";
  const face = picture.querySelector("use:last-of-type");
  if (face?.getAttribute("href") !== address) face?.setAttribute("href", address);
}
