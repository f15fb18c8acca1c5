// The last two minutes of each face: probabilities stacked, and the mood as a band below.

/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { History, Point } from "./history.js" */

import { find, make } from "../shared/dom.js";
import { drawAreas, drawAxis, drawStrip } from "./drawing.js";
import { mostly, pieces, SPAN_S } from "./history.js";

const MOST_ROWS = 6;
const AXIS = 16; // pixels
const STRIP = 16;
const GAP = 4;

/**
 * @param {HTMLElement} root
 * @param {History} history
 * @param {Looks} looks
 * @param {Words} words
 */
export function createChart(root, history, looks, words) {
  /** @type {Map<number, { figure: HTMLElement, canvas: HTMLCanvasElement }>} */
  const rows = new Map();

  find(root, ".legend").replaceChildren(
    ...looks.moods.map((mood) => {
      const item = make("li", { "data-symbol": looks.of(mood).symbol }, words.say(mood));
      return looks.paint(item, mood);
    }),
  );

  /** @param {number} time Of the session, in seconds. */
  function draw(time) {
    history.forget(time);
    const latest = history.latest(MOST_ROWS);
    for (const [number, points] of history.rows()) {
      const { figure, canvas } = rows.get(number) ?? add(number);
      figure.hidden = !latest.has(number);
      if (!figure.hidden) drawRow(canvas, number, points, time);
    }
    const there = new Set(history.rows().map(([number]) => number));
    for (const number of rows.keys()) if (!there.has(number)) remove(number);
    find(root, ".time .empty").hidden = rows.size > 0;
    find(root, ".legend").hidden = !rows.size;
    find(root, ".time .buttons").hidden = !rows.size;
  }

  /** @param {number} number */
  function add(number) {
    const canvas = make("canvas", { role: "img", dir: "ltr" });
    const caption = make("figcaption", {}, words.say("face", { n: number }));
    const figure = make("figure", { "data-face": number }, caption, canvas);
    const row = { figure, canvas };
    rows.set(number, row);
    find(root, ".rows").append(figure);
    return row;
  }

  /** @param {number} number */
  function remove(number) {
    rows.get(number)?.figure.remove();
    rows.delete(number);
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} number
   * @param {Point[]} points
   * @param {number} time
   */
  function drawRow(canvas, number, points, time) {
    const { clientWidth: width, clientHeight: height } = canvas;
    const ratio = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    if (!width || !pen) return;
    canvas.width = width * ratio; // which clears it
    canvas.height = height * ratio;
    canvas.dataset.points = String(points.length);
    pen.scale(ratio, ratio);
    const x = (/** @type {number} */ then) => width * (1 - (time - then) / SPAN_S);
    const area = height - AXIS - STRIP - GAP;
    for (const piece of pieces(points)) {
      drawAreas(pen, piece, x, area, looks);
      drawStrip(pen, piece, x, area + GAP, STRIP, looks);
    }
    const colour = getComputedStyle(canvas).color;
    drawAxis(pen, height, (ago) => x(time - ago), colour, words);
    const face = words.say("face", { n: number });
    const expression = words.say(mostly(points));
    canvas.setAttribute("aria-label", words.say("live_timeline_alt", { face, expression }));
  }

  draw(0);
  return { draw };
}
