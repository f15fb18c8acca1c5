// Downloads of what was found: the photo with its frames, JSON, and a table.

/** @import { Answer, Expression, Framed, Refusal } from "../shared/types.d.ts" */
/** @import { Table } from "../shared/tables.js" */
/** @import { Album } from "./album.js" */
/** @import { Photo } from "./shelf.js" */

import { download, find } from "../shared/dom.js";
import { readable } from "../shared/looks.js";
import { chosenTable, writeTable } from "../shared/tables.js";
import { findings, refusal } from "./shelf.js";

const TYPES = { json: "application/json", csv: "text/csv" };

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {() => Promise<Blob | null>} given.draw Draws the photo that is shown with its frames; null
 *   where that is no work for this browser.
 * @param {(photo: Photo) => Promise<Framed | Refusal>} given.frame Has the server draw it.
 * @param {Expression[]} given.expressions
 * @param {(refused: Refusal) => void} given.complain
 */
export function createSave({ root, album, draw, frame, expressions, complain }) {
  const writers = {
    json: { one: toJson, all: allToJson },
    csv: {
      one: (/** @type {Answer} */ answer) => toCsv(answer, expressions, chosenTable()),
      all: (/** @type {readonly Photo[]} */ photos) => allToCsv(photos, expressions, chosenTable()),
    },
  };
  for (const kind of /** @type {const} */ (["json", "csv"])) {
    const write = writers[kind];
    const save = (/** @type {string} */ name, /** @type {string} */ text) =>
      download(nameFor(name, kind), new Blob([text], { type: TYPES[kind] }));
    const all = find(root, `[data-all=${kind}]`);
    all.addEventListener("click", () => save("photos", write.all(album.photos)));
    find(root, `[data-save=${kind}]`).addEventListener("click", () => {
      const answer = findings(album.shown);
      if (album.shown && answer) save(album.shown.name, write.one(answer));
    });
    album.onChange(() => {
      all.hidden = album.photos.length < 2 || !album.photos.some(findings);
    });
  }

  const photo = find(root, "[data-save=photo]", HTMLButtonElement);
  photo.addEventListener("click", async () => {
    const { shown } = album;
    if (!shown) return;
    photo.disabled = true;
    const drawn = await draw();
    const framed = drawn ? { picture: drawn } : await frame(shown);
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
 * What was found, without what only the page has use for: the pictures of faces.
 *
 * @param {Answer} answer
 */
const plain = (answer) => ({
  ...answer,
  faces: answer.faces.map(
    ({ crop: _, crop_wh: _wh, crop_landmarks: _at, exact: _exact, ...face }) => face,
  ),
});

/** @param {Answer} answer */
export const toJson = (answer) => JSON.stringify(plain(answer), null, 2);

/**
 * The same of several photos, by their names, and which could not be read.
 *
 * @param {readonly Photo[]} photos
 */
export function allToJson(photos) {
  const found = photos.flatMap((photo) => {
    const answer = findings(photo);
    return answer ? [{ photo: photo.name, ...plain(answer) }] : [];
  });
  const failed = photos.flatMap((photo) => {
    const refused = findings(photo) ? null : refusal(photo);
    return refused ? [{ photo: photo.name, error: refused.error }] : [];
  });
  return JSON.stringify({ photos: found, failed }, null, 2);
}

const NO_FACE = "no_face"; // a reason, as `mood.batch` has it

const COLUMNS = [
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

/** @param {Expression[]} expressions */
const headOf = (expressions) => [...COLUMNS, ...expressions, "width", "height"];

/** @typedef {Record<string, string | number | null | undefined>} Cells By their columns. */

/**
 * @param {string[]} head
 * @param {Cells} cells
 */
const rowOf = (head, cells) => head.map((column) => cells[column] ?? null);

/**
 * @param {Answer} answer
 * @returns {Cells[]} One for each face.
 */
const cellsOf = ({ faces, width, height }) =>
  faces.map((face, at) => {
    const [left, top, right, bottom] = face.bbox_xyxy;
    const { confidence, verdict, reason, expression, probability, probabilities } = face;
    const told = readable(face) ? { probability, ...probabilities } : {};
    const known = { confidence, verdict, reason, expression, ...told, width, height };
    return { face: at + 1, left, top, right, bottom, ...known };
  });

/**
 * A table with a row for each face: pixels, and probabilities from 0 to 1, which are left out of
 * what cannot be read. The photo's width and height stand last.
 *
 * @param {Answer} answer
 * @param {Expression[]} expressions
 * @param {Table} table
 */
export function toCsv(answer, expressions, table = "comma") {
  const head = headOf(expressions);
  return writeTable([head, ...cellsOf(answer).map((cells) => rowOf(head, cells))], table);
}

/**
 * The same of several photos, their names first. What has no face, or could not be read, has a row
 * that says why, as in the table of `mood.batch`.
 *
 * @param {readonly Photo[]} photos
 * @param {Expression[]} expressions
 * @param {Table} table
 */
export function allToCsv(photos, expressions, table = "comma") {
  const head = ["photo", ...headOf(expressions)];
  /** @param {Photo} photo */
  const rowsOf = (photo) => {
    const answer = findings(photo);
    const reason = answer ? NO_FACE : refusal(photo)?.error;
    const none = reason ? [{ reason, width: answer?.width, height: answer?.height }] : [];
    const rows = answer?.faces.length ? cellsOf(answer) : none;
    return rows.map((cells) => rowOf(head, { photo: photo.name, ...cells }));
  };
  return writeTable([head, ...photos.flatMap(rowsOf)], table);
}
