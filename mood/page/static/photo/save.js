// Downloads of what was found: the photo with its frames, JSON, and a table.

/** @import { Answer, Expression, Face, Framed, Refusal } from "../shared/types.d.ts" */
/** @import { Album, Photo } from "./album.js" */

import { download, find } from "../shared/dom.js";
import { readable } from "../shared/looks.js";
import { chosenTable, writtenWith } from "../shared/tables.js";
import { findings } from "./album.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {(photo: Photo) => Promise<Framed | Refusal>} given.frame
 * @param {Expression[]} given.expressions
 * @param {(refused: Refusal) => void} given.complain
 */
export function createSave({ root, album, frame, expressions, complain }) {
  /** @param {string} kind */
  const buttonFor = (kind) => find(root, `[data-save="${kind}"]`, HTMLButtonElement);

  buttonFor("json").addEventListener("click", () => saveText("json", "application/json", toJson));
  buttonFor("csv").addEventListener("click", () => {
    const write = (/** @type {Answer} */ answer) => toCsv(answer, expressions);
    saveText("csv", "text/csv", (answer) => writtenWith(write(answer), chosenTable()));
  });

  /**
   * @param {string} ending
   * @param {string} type
   * @param {(answer: Answer) => string} write
   */
  function saveText(ending, type, write) {
    const answer = findings(album.shown);
    if (!album.shown || !answer) return;
    const file = new Blob([write(answer)], { type });
    download(nameFor(album.shown.name, ending), file);
  }

  const photo = buttonFor("photo");
  photo.addEventListener("click", async () => {
    const { shown } = album;
    if (!shown) return;
    photo.disabled = true;
    const framed = await frame(shown);
    photo.disabled = false;
    if ("picture" in framed) download(nameFor(shown.name, "jpg"), framed.picture);
    else complain(framed);
  });
}

/**
 * @param {string} photo
 * @param {string} ending
 */
export const nameFor = (photo, ending) =>
  `${photo.replace(/\.[^.]*$/, "") || "photo"}-mood.${ending}`;

/**
 * What was found, without the pictures of faces.
 *
 * @param {Answer} answer
 */
export function toJson(answer) {
  const faces = answer.faces.map(({ crop: _crop, crop_wh: _size, ...face }) => face);
  return JSON.stringify({ ...answer, faces }, null, 2);
}

/**
 * A table with a row for each face: pixels, and probabilities from 0 to 1, which are left out of
 * what cannot be read. The photo's width and height stand last.
 *
 * @param {Answer} answer
 * @param {Expression[]} expressions
 */
export function toCsv(answer, expressions) {
  const columns = [
    "face",
    "left",
    "top",
    "right",
    "bottom",
    "confidence",
    "verdict",
    "reason",
    "expression",
    "probability",
  ];
  const sharesOf = (/** @type {Face} */ face) => {
    const shares = [face.probability, ...expressions.map((name) => face.probabilities[name])];
    return readable(face) ? shares : shares.map(() => "");
  };
  const rows = answer.faces.map((face, at) => [
    at + 1,
    ...face.bbox_xyxy,
    face.confidence,
    face.verdict,
    face.reason,
    face.expression,
    ...sharesOf(face),
    answer.width,
    answer.height,
  ]);
  const head = [...columns, ...expressions, "width", "height"];
  return [head, ...rows].map((row) => `${row.join(",")}\n`).join("");
}
