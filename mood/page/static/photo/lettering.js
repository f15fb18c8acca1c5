// What is written into a saved picture: labels on plates, and the rows of the key below.

/** @import { Face } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Room } from "../shared/rooms.js" */

import { moodOf } from "../shared/looks.js";
import { drawSymbol } from "../shared/symbols.js";

const INK = "#1a1f29"; // of the key, on white
const SYMBOL = 1.15; // all in heights of letters
const EDGE = 0.45;
const GAP = 0.45;

/** @param {string} text */
const isNumber = (text) => /^\p{Number}+$/u.test(text);

/**
 * @param {Looks} looks
 * @param {Words} words
 */
export function createLettering(looks, words) {
  const rtl = words.direction === "rtl";

  /**
   * Width of a label: of a number alone, else of a symbol and the words.
   *
   * @param {CanvasRenderingContext2D} pen
   * @param {string} text
   * @param {number} letters Pixels.
   */
  const measure = (pen, text, letters) =>
    pen.measureText(text).width + (2 * EDGE + (isNumber(text) ? 0 : SYMBOL + GAP)) * letters;

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {string} text
   * @param {Room} room
   * @param {Face} face
   * @param {number} letters
   */
  function drawLabel(pen, text, { left, top, width, height }, face, letters) {
    drawPlate(pen, { left, top, width, height }, face);
    const middle = top + height / 2;
    const room = isNumber(text) ? 0 : (SYMBOL + GAP) * letters; // for the symbol
    pen.textAlign = "center";
    pen.fillText(text, left + (width + (rtl ? -room : room)) / 2, middle, width - room);
    if (!room) return;
    const size = SYMBOL * letters;
    const start = rtl ? left + width - EDGE * letters - size : left + EDGE * letters;
    drawSymbol(pen, moodOf(face.expression), { left: start, top: middle - size / 2, size });
  }

  /**
   * A plate in the colour of a face, and a pen for what is written on it.
   *
   * @param {CanvasRenderingContext2D} pen
   * @param {Room} room
   * @param {Face} face
   */
  function drawPlate(pen, { left, top, width, height }, face) {
    const { colour, ink } = looks.of(moodOf(face.expression));
    pen.beginPath();
    pen.roundRect(left, top, width, height, height / 4);
    pen.fillStyle = colour;
    pen.fill();
    pen.lineWidth = 1;
    pen.strokeStyle = "rgb(0 0 0 / 55%)";
    pen.stroke();
    pen.fillStyle = ink;
  }

  /**
   * A row of the key: the symbol on a piece of colour, and the words.
   *
   * @param {CanvasRenderingContext2D} pen
   * @param {string} text
   * @param {{ start: number, middle: number, size: number }} place
   * @param {Face} face
   */
  function drawRow(pen, text, { start, middle, size }, face) {
    const left = rtl ? start - size : start;
    const top = middle - size / 2;
    drawPlate(pen, { left, top, width: size, height: size }, face);
    const edge = 0.15 * size;
    const inner = { left: left + edge, top: top + edge, size: size - 2 * edge };
    drawSymbol(pen, moodOf(face.expression), inner);
    pen.fillStyle = INK;
    pen.textAlign = "start";
    pen.fillText(text, start + (rtl ? -1.4 : 1.4) * size, middle);
  }

  return { measure, drawLabel, drawRow };
}
