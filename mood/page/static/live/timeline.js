// One line of time for all faces: a band for each, an axis below, and a cursor that reads out.

/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Axis } from "./axis.js" */
/** @import { History, Point, Stretch } from "./history.js" */

import { find, findAll, make, part, percentOf } from "../shared/dom.js";
import { symbolOf } from "../shared/symbols.js";
import { axisAt, drawTicks, shareOf } from "./axis.js";
import { mostly, pointAt, stretches } from "./history.js";
import { createRows } from "./rows.js";
import { clock } from "./session.js";

const MOST_ROWS = 6;
const STEP_S = 1; // of the cursor, by an arrow key
const ROOM_FOR_SYMBOL = 32; // pixels
const LEAST_S = 0.2; // that a stretch is drawn long: one point of it

/**
 * @param {HTMLElement} root
 * @param {History} history
 * @param {Looks} looks
 * @param {Words} words
 * @param {(time: number) => void} lead Called with a moment of the film that is to be shown.
 */
export function createTimeline(root, history, looks, words, lead) {
  const panel = find(root, ".time");
  const chart = find(panel, ".chart");
  const axis = find(chart, ".axis");
  const cursor = find(chart, ".cursor");
  const told = find(panel, ".told");
  const rows = createRows(find(chart, ".rows"), makeRow);
  let now = 0;
  let length = 0; // of the film, in seconds
  /** @type {number | null} */
  let at = null; // where the cursor stands, in seconds of the session
  const scaleNow = () => axisAt(now, length);

  find(panel, ".legend").replaceChildren(
    ...looks.moods.map((mood) => looks.paint(make("li", {}, looks.title(mood)), mood)),
  );

  /** @param {number} [time] Of the session, in seconds; the same as before unless told. */
  function draw(time = now) {
    now = time;
    history.forget(time);
    const latest = history.latest(MOST_ROWS);
    const scale = scaleNow();
    for (const [number, points] of history.rows()) {
      const { node, band } = rows.of(number);
      node.hidden = !latest.has(number);
      if (!node.hidden) drawBand(band, number, points, scale);
    }
    rows.keep(history.rows().map(([number]) => number));
    panel.hidden = !rows.size;
    drawTicks(axis, scale);
    readOut();
  }

  /** @param {number} number */
  function makeRow(number) {
    const band = make("div", { class: "band", role: "img" });
    const caption = make("figcaption", {}, words.face(number));
    return { node: make("figure", { "data-face": number }, caption, band), band };
  }

  /**
   * @param {HTMLElement} band
   * @param {number} number
   * @param {Point[]} points
   * @param {Axis} scale
   */
  function drawBand(band, number, points, scale) {
    band.dataset.points = String(points.length);
    const there = findAll(band, "[data-mood]");
    const pieces = stretches(points, history.gap);
    for (const [at, each] of pieces.entries()) {
      const piece = there[at] ?? band.appendChild(make("span"));
      drawStretch(piece, each, scale);
    }
    for (const piece of there.slice(pieces.length)) piece.remove();
    const values = { face: words.face(number), expression: words.say(mostly(points)) };
    const key = length ? "live_film_alt" : "live_timeline_alt";
    band.setAttribute("aria-label", words.say(key, values));
  }

  /**
   * @param {HTMLElement} piece
   * @param {Stretch} stretch
   * @param {Axis} scale
   */
  function drawStretch(piece, { mood, begin, end }, scale) {
    const [left, right] = [begin, Math.max(end, begin + LEAST_S)].map((each) =>
      shareOf(scale, each),
    );
    piece.style.left = percentOf(left);
    piece.style.width = percentOf(right - left);
    const wide = (right - left) * axis.clientWidth > ROOM_FOR_SYMBOL;
    const symbol = wide && mood !== "neutral" ? mood : "";
    if (piece.dataset.symbol !== symbol) piece.replaceChildren(symbol && symbolOf(symbol));
    Object.assign(piece.dataset, { mood, symbol });
    looks.paint(piece, mood);
  }

  /** What each face showed where the cursor stands. */
  function readOut() {
    const scale = scaleNow();
    const end = length || now;
    const time = at === null ? null : Math.max(scale.from, Math.min(at, end));
    cursor.hidden = time === null && !length; // of a film it shows what is seen
    const moment = time ?? now;
    cursor.style.left = percentOf(shareOf(scale, moment));
    axis.setAttribute("aria-valuemin", scale.from.toFixed(0));
    axis.setAttribute("aria-valuemax", end.toFixed(0));
    axis.setAttribute("aria-valuenow", moment.toFixed(0));
    const said = sentences(moment);
    told.replaceChildren(...(cursor.hidden ? [] : said));
    const texts = said.map((each) => each.textContent);
    axis.setAttribute("aria-valuetext", [clock(moment), ...texts].join("; "));
    cursor.dataset.time = clock(moment);
  }

  /** @param {number} time */
  function sentences(time) {
    return history.rows().flatMap(([number, points]) => {
      const point = pointAt(points, time, history.gap);
      if (!point || rows.get(number)?.node.hidden) return [];
      const worth = point.shares[looks.moods.indexOf(point.mood)]; // none of what is uncertain
      const share = worth === undefined ? "" : ` ${words.percent(worth)}`;
      return [make("bdi", {}, `${words.face(number)}: `, looks.title(point.mood), share)];
    });
  }

  /** @param {PointerEvent} event */
  function point({ clientX }) {
    const { left, width } = axis.getBoundingClientRect();
    const { from, span } = scaleNow();
    at = from + (span * (clientX - left)) / (width || 1);
    readOut();
  }

  function leave() {
    if (document.activeElement === axis && !length) return;
    at = null;
    readOut();
  }

  /** @type {Record<string, (time: number) => number>} */
  const keys = {
    ArrowLeft: (time) => time - STEP_S,
    ArrowRight: (time) => time + STEP_S,
    Home: () => 0,
    End: () => length || now,
  };
  axis.addEventListener("keydown", (event) => {
    const move = keys[event.key];
    if (!move) return;
    event.preventDefault();
    const aim = Math.max(scaleNow().from, Math.min(move(at ?? now), length || now));
    if (length) return lead(aim);
    at = aim;
    readOut();
  });
  axis.addEventListener("focus", () => {
    if (!length) at ??= now; // where a film is, the cursor is already
    readOut();
  });
  axis.addEventListener("blur", leave);
  chart.addEventListener("pointermove", point);
  chart.addEventListener("pointerdown", point);
  chart.addEventListener("pointerleave", leave);
  chart.addEventListener("click", () => length && at !== null && lead(Math.max(0, at)));

  return {
    draw,

    /** @param {number} seconds Of the film; 0 where it is none. */
    begin(seconds) {
      length = seconds;
      at = null;
      const title = words.say(length ? "live_film_timeline" : "live_timeline");
      part(panel, "span").textContent = title;
      axis.setAttribute("aria-label", title);
      draw(0);
    },
  };
}
