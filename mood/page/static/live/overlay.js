// A frame over the video for each face; where it can be read, a label and its bars beside it.

/** @import { Box, LiveFace, Mood } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Room, Size } from "../shared/rooms.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Side } from "./beside.js" */

import { findAll, make, percentOf, stand } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { placePlates } from "../shared/plates.js";
import { roomOf } from "../shared/rooms.js";
import { symbolOf } from "../shared/symbols.js";
import { placeBeside } from "./beside.js";
import { createRows } from "./rows.js";

const REWRITE_MS = 250; // numbers that change more often than this cannot be read
const METER = { width: 92, height: 148 }; // pixels, as in live.css

/**
 * @typedef {object} Frame
 * @property {HTMLElement} node Its frame.
 * @property {HTMLElement} tag
 * @property {HTMLElement} meter
 * @property {Mood} mood That is written on it.
 * @property {string} share How likely it is.
 * @property {string} number Empty until the face has a row.
 * @property {number} written When, in milliseconds.
 * @property {Side} [side] Where the bars stand.
 */

/**
 * @param {HTMLElement} overlay
 * @param {{ readonly mirrored: boolean, readonly width: number, readonly height: number }} camera
 * @param {Looks} looks
 * @param {Words} words
 */
export function createOverlay(overlay, camera, looks, words) {
  const frames = createRows(overlay, makeFrame);
  const pen = make("canvas").getContext("2d");

  /** @type {LiveFace[]} */
  let shown = [];

  /** @param {LiveFace[]} faces */
  function draw(faces) {
    shown = faces;
    // Sizes are asked for before anything changes: later the browser would have to compute them anew.
    const picture = { width: overlay.clientWidth, height: overlay.clientHeight };
    const { fontSize, fontFamily } = getComputedStyle(overlay);
    if (pen) pen.font = `600 ${fontSize} ${fontFamily}`;
    for (const face of faces) {
      const frame = frames.of(face.number);
      write(frame, face);
      stand(frame.node, roomOf(seen(face), camera)).classList.toggle("missing", face.missing);
    }
    frames.keep(faces.map(({ number }) => number));
    const rooms = faces.map((face) => roomOf(seen(face), camera, picture));
    if (picture.width) label(faces, rooms, picture, Number.parseFloat(fontSize));
  }

  /**
   * @param {number} number
   * @returns {Frame}
   */
  function makeFrame(number) {
    const tag = make("span", { class: "tag", dir: words.direction });
    const bars = looks.expressions.map((name) => {
      const row = make("span", { class: "row" }, symbolOf(name), make("i", {}, make("b")));
      return looks.paint(row, name);
    });
    const meter = make("span", { class: "meter", hidden: "" }, ...bars);
    const node = make("div", { class: "box", "data-face": number }, tag, meter);
    return { node, tag, meter, mood: "uncertain", share: "", number: "", written: 0 };
  }

  /**
   * Where a face is in the picture as it is shown.
   *
   * @param {LiveFace} face
   * @returns {Box}
   */
  function seen({ box: [left, top, right, bottom] }) {
    if (!camera.mirrored) return [left, top, right, bottom];
    return [camera.width - right, top, camera.width - left, bottom];
  }

  /**
   * @param {Frame} frame
   * @param {LiveFace} face
   */
  function write(frame, face) {
    const { expression, number, shares, stayed } = face;
    const mood = moodOf(expression);
    frame.node.classList.toggle("unreadable", !readable(face));
    looks.paint(frame.node, mood);
    const now = performance.now();
    if (frame.mood === mood && now - frame.written < REWRITE_MS) return;
    const share = expression && words.percent(shares[looks.expressions.indexOf(expression)]);
    Object.assign(frame, { mood, share: share ?? "", written: now });
    frame.number = stayed ? words.number(number) : "";
    for (const [at, bar] of findAll(frame.meter, "b").entries()) {
      bar.style.width = percentOf(shares[at]);
    }
  }

  /**
   * Labels as in the photo tab, and then bars where they cover neither a face nor a label.
   *
   * @param {LiveFace[]} faces
   * @param {Room[]} rooms
   * @param {Size} picture
   * @param {number} letters Their size in pixels.
   */
  function label(faces, rooms, picture, letters) {
    const widthOf = (/** @type {string} */ text) => pen?.measureText(text).width ?? 0;
    const margins = 1.4 * letters;
    const symbol = 1.5 * letters;
    const marks = faces.flatMap((face, at) => {
      const frame = frames.get(face.number);
      if (!frame || !readable(face)) return [];
      const { number, mood, share } = frame;
      const text = [number && `${number} · `, words.say(mood), share && ` ${share}`].join("");
      const short = number ? widthOf(number) + margins : symbol + margins;
      return [
        { at, frame, face: rooms[at], words: widthOf(text) + margins + symbol, number: short },
      ];
    });
    const { plates, rest } = placePlates(marks, rooms, picture, Math.round(1.7 * letters));
    /** @type {Room[]} */
    const taken = [...plates];
    for (const { mark, kind, left, top } of plates) {
      const { frame, face } = /** @type {typeof marks[number]} */ (mark);
      caption(frame, kind === "number");
      frame.tag.hidden = false;
      move(frame.tag, left - face.left, top - face.top);
    }
    for (const mark of rest) /** @type {typeof marks[number]} */ (mark).frame.tag.hidden = true;
    for (const { frame, face } of marks) {
      const others = [...taken, ...rooms.filter((room) => room !== face)];
      const found = placeBeside(face, METER, others, picture, frame.side);
      frame.meter.hidden = !found;
      if (!found) continue;
      frame.side = found.side;
      taken.push({ ...found, ...METER });
      move(frame.meter, found.left - face.left, found.top - face.top);
    }
  }

  /**
   * Writes a label anew where it says something else than before.
   *
   * @param {Frame} frame
   * @param {boolean} short
   */
  function caption(frame, short) {
    const { tag, number, mood, share } = frame;
    const says = short ? `${number}|${mood}` : `${number}|${mood}|${share}`;
    if (tag.dataset.says === says) return;
    tag.dataset.says = says;
    tag.replaceChildren(...contentOf(frame, short));
  }

  /**
   * What a label says: number, mood and share; where there is little room the number alone, or the
   * symbol of who has none yet.
   *
   * @param {Frame} frame
   * @param {boolean} short
   * @returns {(Node | string)[]}
   */
  function contentOf({ number, mood, share }, short) {
    if (short) return [number || symbolOf(mood)];
    return [number && `${number} · `, looks.title(mood), share && ` ${share}`];
  }

  new ResizeObserver(() => draw(shown)).observe(overlay);

  return { draw, clear: () => draw([]) };
}

/**
 * @param {HTMLElement} node
 * @param {number} left From the corner of its face, in pixels.
 * @param {number} top
 */
function move(node, left, top) {
  node.style.translate = `${Math.round(left)}px ${Math.round(top)}px`;
}
