// A frame over the video for each face, and a label where it can be read.

/** @import { LiveFace } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Camera } from "./camera.js" */

import { make } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";

const REWRITE_MS = 250; // numbers that change more often than this cannot be read

/**
 * @typedef {object} Frame
 * @property {HTMLElement} box
 * @property {HTMLElement} title
 * @property {HTMLElement} share
 * @property {string} mood That is written on it.
 * @property {number} written When, in milliseconds.
 */

/**
 * @param {HTMLElement} overlay
 * @param {Pick<Camera, "mirrored" | "width" | "height">} camera
 * @param {Looks} looks
 * @param {Words} words
 */
export function createOverlay(overlay, camera, looks, words) {
  /** @type {Map<number, Frame>} */
  const frames = new Map();

  /** @param {LiveFace[]} faces */
  function draw(faces) {
    for (const face of faces) {
      const frame = frames.get(face.number) ?? add(face.number);
      place(frame.box, face);
      write(frame, face);
    }
    const there = new Set(faces.map((face) => face.number));
    for (const number of frames.keys()) if (!there.has(number)) remove(number);
  }

  /** @param {number} number */
  function add(number) {
    const [title, share] = [make("b"), make("i")];
    const tag = make("span", { class: "tag" }, title, share);
    const box = make("div", { class: "box", "data-face": number }, tag);
    const frame = { box, title, share, mood: "", written: 0 };
    frames.set(number, frame);
    overlay.append(box);
    return frame;
  }

  /** @param {number} number */
  function remove(number) {
    frames.get(number)?.box.remove();
    frames.delete(number);
  }

  /**
   * @param {HTMLElement} box
   * @param {LiveFace} face
   */
  function place(box, face) {
    const { width, height } = camera;
    const [left, top, right, bottom] = face.box;
    const x = camera.mirrored ? width - right : left;
    const middle = (x + (right - left) / 2) / width;
    box.style.left = percentOf(x / width);
    box.style.top = percentOf(top / height);
    box.style.width = percentOf((right - left) / width);
    box.style.height = percentOf((bottom - top) / height);
    box.classList.toggle("low", top / height < 0.1);
    box.classList.toggle("start", middle < 0.2);
    box.classList.toggle("end", middle > 0.8);
    box.classList.toggle("missing", face.missing);
  }

  /**
   * @param {Frame} frame
   * @param {LiveFace} face
   */
  function write(frame, face) {
    frame.box.classList.toggle("unreadable", !readable(face));
    const { expression } = face;
    const mood = moodOf(expression);
    looks.paint(frame.box, mood);
    const now = performance.now();
    if (frame.mood === mood && now - frame.written < REWRITE_MS) return;
    frame.mood = mood;
    frame.written = now;
    frame.title.textContent = looks.title(mood);
    const share = expression ? face.shares[looks.expressions.indexOf(expression)] : null;
    frame.share.textContent = share === null ? "" : words.percent(share);
  }

  return { draw, clear: () => draw([]) };
}

/** @param {number} share */
const percentOf = (share) => `${(100 * share).toFixed(2)}%`;
