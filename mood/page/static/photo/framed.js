// The photo with frames and labels, to be saved: drawn here, with the words, symbols and font of
// the page.

/** @import { Answer, Face } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Mark } from "../shared/plates.js" */
/** @import { Room } from "../shared/rooms.js" */
/** @import { Sentences } from "./sentences.js" */

import { make } from "../shared/dom.js";
import { isReadBack, scaled } from "../shared/jpeg.js";
import { moodOf, readable } from "../shared/looks.js";
import { placeForGood, placeKey } from "../shared/plates.js";
import { clamp, roomOf } from "../shared/rooms.js";
import { createLettering } from "./lettering.js";

const LEAST_SIDE = 640; // pixels: smaller photos are enlarged, so that labels can be read
const MOST_SIDE = 3200;
const QUALITY = 0.92;
const OUTLINE = "#c3cad5"; // of what cannot be read, as on the page

/**
 * @param {object} given
 * @param {HTMLElement} given.root Whose font is used.
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function createFramed({ root, looks, words, sentences }) {
  const lettering = createLettering(looks, words);

  /**
   * A JPEG; null where it cannot be made here: what a canvas gives back may be noise, and of an
   * animation another frame than the first may have been read.
   *
   * @param {HTMLImageElement} photo As it is shown.
   * @param {Answer} answer
   * @param {boolean} labels
   * @returns {Promise<Blob | null>}
   */
  async function draw(photo, answer, labels) {
    const paper = make("canvas");
    const isThere = photo.complete && photo.naturalWidth && !answer.frame;
    const pen = isThere && isReadBack(paper) && paper.getContext("2d");
    if (!pen) return null;
    const { width, height } = sizeOf(photo);
    const letters = Math.max(14, Math.round(Math.max(width, height) / 50)); // pixels
    const line = Math.round(1.6 * letters);
    const font = `600 ${letters}px ${getComputedStyle(root).fontFamily}`;
    pen.font = font;
    const measure = (/** @type {string} */ text) => lettering.measure(pen, text, letters);

    const rooms = answer.faces.map((face) => roomOf(face.bbox_xyxy, answer, { width, height }));
    const texts = answer.faces.map((face, at) => textsOf(face, at, answer));
    const marks = labels ? marksOf(answer.faces, rooms, texts, measure) : [];
    const { plates, key } = placeForGood(marks, rooms, { width, height }, line);
    const widest = Math.max(0, ...key.map((mark) => mark.words)) + line;
    const below = placeKey(key.length, width, line, widest);

    paper.width = width;
    paper.height = height + Math.ceil(below.height);
    Object.assign(pen, { font, direction: words.direction, textBaseline: "middle" });
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, paper.width, paper.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(photo, 0, 0, width, height);
    for (const [at, face] of answer.faces.entries()) drawFrame(pen, face, rooms[at], letters);
    for (const { mark, kind, ...room } of plates) {
      lettering.drawLabel(pen, texts[mark.at][kind], room, answer.faces[mark.at], letters);
    }
    for (const [at, { left, top }] of below.places.entries()) {
      const start = words.direction === "rtl" ? width - left : left;
      const place = { start, middle: height + top + line / 2, size: 0.85 * line };
      lettering.drawRow(pen, texts[key[at].at].words, place, answer.faces[key[at].at]);
    }
    return new Promise((done) => paper.toBlob(done, "image/jpeg", QUALITY));
  }

  /**
   * @param {Face} face
   * @param {number} at
   * @param {Answer} answer
   */
  function textsOf(face, at, { faces }) {
    const number = words.number(at + 1);
    const said = sentences.ofFace(face);
    return { number, words: faces.length > 1 ? `${number} · ${said}` : said };
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Face} face
   * @param {Room} room
   * @param {number} letters
   */
  function drawFrame(pen, face, { left, top, width, height }, letters) {
    const told = readable(face);
    const { colour } = looks.of(moodOf(face.expression));
    const bold = told ? clamp(letters / 6, 1, Math.max(1, width / 12)) : letters / 14;
    pen.setLineDash(told && !face.expression ? [letters / 2, letters / 3] : []);
    for (const [times, stroke] of /** @type {const} */ ([
      [3, "rgb(0 0 0 / 55%)"],
      [1, told ? colour : OUTLINE],
    ])) {
      pen.beginPath();
      pen.roundRect(left, top, width, height, width / 10);
      pen.lineWidth = bold * times;
      pen.strokeStyle = stroke;
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  return { draw };
}

/**
 * @param {Face[]} faces
 * @param {Room[]} rooms
 * @param {{ words: string, number: string }[]} texts
 * @param {(text: string) => number} measure
 * @returns {Mark[]}
 */
function marksOf(faces, rooms, texts, measure) {
  return rooms.flatMap((face, at) => {
    const [wide, narrow] = [measure(texts[at].words), measure(texts[at].number)];
    return readable(faces[at]) ? [{ at, face, words: wide, number: narrow }] : [];
  });
}

/**
 * The size of what is saved.
 *
 * @param {HTMLImageElement} photo
 */
function sizeOf({ naturalWidth, naturalHeight }) {
  const longest = Math.max(naturalWidth, naturalHeight);
  const scale = clamp(longest, LEAST_SIDE, MOST_SIDE) / longest;
  return scaled({ width: naturalWidth, height: naturalHeight }, scale);
}
