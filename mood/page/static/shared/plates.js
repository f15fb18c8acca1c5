// Where the labels of a picture go, on the screen and in what is saved: beside their faces, in words
// or as numbers. None lies on a face or on another label.

/** @import { Room, Size } from "./rooms.js" */

import { isFree, roomsAround, shared, within } from "./rooms.js";

/**
 * What is to be written at a face.
 *
 * @typedef {object} Mark
 * @property {number} at The place of the face among all.
 * @property {Room} face
 * @property {number} words How wide its plate is with words.
 * @property {number} number How wide it is with its number alone.
 * @property {boolean} [first] Whether it is placed before all others.
 */

/** @typedef {Room & { mark: Mark, kind: "words" | "number" }} Plate */

/**
 * Everybody has a number before anybody has words, and large faces come before small ones.
 *
 * @param {Mark[]} marks
 * @param {readonly Room[]} faces All there are, those without a label as well.
 * @param {Size} picture
 * @param {number} line Height of a plate.
 * @param {readonly Room[]} [taken] What else must not be covered.
 * @returns {{ plates: Plate[], rest: Mark[] }} The rest has no room for its number even; in the order
 *   of the marks.
 */
export function placePlates(marks, faces, picture, line, taken = []) {
  /** @type {Map<Mark, Plate>} */
  const plates = new Map();
  const fixed = [...faces, ...taken];

  /**
   * @param {Mark} mark
   * @param {"words" | "number"} kind
   */
  function place(mark, kind) {
    const others = [...plates.values()].filter((plate) => plate.mark !== mark);
    const size = { width: mark[kind], height: line };
    const room = roomsAround(mark.face, size, picture, line / 4).find((each) =>
      isFree(each, picture, [...fixed, ...others]),
    );
    if (room) plates.set(mark, { ...room, mark, kind });
    return Boolean(room);
  }

  const large = [...marks].sort((a, b) => b.face.height - a.face.height);
  for (const mark of large) if (mark.first) place(mark, "words") || place(mark, "number");
  const others = large.filter(({ first }) => !first);
  for (const mark of others) place(mark, "number");
  for (const mark of others) place(mark, "words");
  return { plates: [...plates.values()], rest: marks.filter((mark) => !plates.has(mark)) };
}

/**
 * The same for what is saved, where nothing opens: who has no room has its number in the corner of
 * its own frame, and who is alone its words.
 *
 * @param {Mark[]} marks
 * @param {readonly Room[]} faces
 * @param {Size} picture
 * @param {number} line
 * @returns {{ plates: Plate[], key: Mark[] }} The key tells the words of the numbers, in the order of
 *   the marks.
 */
export function placeForGood(marks, faces, picture, line) {
  const placed = placePlates(marks, faces, picture, line);
  const inCorner = (/** @type {Mark} */ mark, /** @type {"words" | "number"} */ kind) => {
    const width = Math.min(mark[kind], picture.width);
    const room = { left: mark.face.left, top: mark.face.top, width, height: line };
    return { ...within(room, picture), mark, kind };
  };
  if (marks.length === 1 && !placed.plates.some(({ kind }) => kind === "words")) {
    return { plates: [inCorner(marks[0], "words")], key: [] };
  }
  const plates = [...placed.plates, ...placed.rest.map((mark) => inCorner(mark, "number"))];
  const told = new Set(plates.filter(({ kind }) => kind === "words").map(({ mark }) => mark));
  return { plates, key: marks.filter((mark) => !told.has(mark)) };
}

/**
 * Dots for those that have no room for a plate; none for who has no room for a dot, but the corner of
 * its own frame, on another face.
 *
 * @param {Mark[]} marks
 * @param {readonly Room[]} faces
 * @param {readonly Room[]} taken
 * @param {Size} picture
 * @param {number} side Of a dot.
 * @returns {(Room & { mark: Mark })[]}
 */
export function placeDots(marks, faces, taken, picture, side) {
  /** @type {(Room & { mark: Mark })[]} */
  const dots = [];
  const size = { width: side, height: side };
  for (const mark of marks) {
    const { face } = mark;
    const strangers = [...faces.filter((each) => each !== face), ...taken, ...dots];
    const corner = { left: face.left + face.width - side / 2, top: face.top - side / 2, ...size };
    const around = roomsAround(face, size, picture, side / 4);
    const room =
      around.find((each) => isFree(each, picture, [face, ...strangers])) ??
      [corner].find((each) => isFree(each, picture, strangers));
    if (room) dots.push({ ...room, mark });
  }
  return dots;
}

/**
 * Where a label opens that has no room: beside its face, where it hides least.
 *
 * @param {Mark} mark
 * @param {readonly Room[]} faces All of them, and what else is better not hidden.
 * @param {Size} picture
 * @param {number} line
 * @returns {Room}
 */
export function placeOpen(mark, faces, picture, line) {
  const size = { width: mark.words, height: line };
  const rooms = roomsAround(mark.face, size, picture, line / 4).map((room) =>
    within(room, picture),
  );
  const hidden = (/** @type {Room} */ room) =>
    faces.reduce((sum, face) => sum + shared(room, face), 0) + shared(room, mark.face);
  return rooms.reduce((best, room) => (hidden(room) < hidden(best) ? room : best));
}

/**
 * Places for the rows of a key, in columns as wide as the widest.
 *
 * @param {number} count
 * @param {number} width Of the picture.
 * @param {number} line Height of a row.
 * @param {number} widest
 * @returns {{ places: { left: number, top: number }[], height: number }} From the start of a line.
 */
export function placeKey(count, width, line, widest) {
  if (!count) return { places: [], height: 0 };
  const margin = line / 2;
  const columns = Math.max(1, Math.min(count, Math.floor((width - margin) / (widest + margin))));
  const step = 1.25 * line;
  const places = Array.from({ length: count }, (_, at) => ({
    left: margin + ((width - margin) / columns) * (at % columns),
    top: margin + step * Math.floor(at / columns),
  }));
  return { places, height: 2 * margin + step * Math.ceil(count / columns) };
}
