// The labels of the photo that is shown: in words, as a number, or as a dot that opens.

/** @import { Face } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Mark } from "../shared/plates.js" */
/** @import { Room, Size } from "../shared/rooms.js" */
/** @import { Sentences } from "./sentences.js" */

import { make } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { placeDots, placeOpen, placePlates } from "../shared/plates.js";
import { symbolOf } from "../shared/symbols.js";

const LINE = 24; // pixels
const DOT = 10;

/** @typedef {"words" | "number" | "dot" | "none"} Kind */

/**
 * What is seen of the photo: how large the window is, where faces and the photo's corner lie in it,
 * and what stands over it, all in pixels.
 *
 * @typedef {{ size: Size, rooms: Room[], corner: { left: number, top: number }, taken: Room[] }} Scene
 */

/**
 * @param {object} given
 * @param {HTMLElement} given.hits As large as the photo; labels are added to it.
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function createTags({ hits, looks, words, sentences }) {
  /** @type {HTMLElement[]} */
  let tags = [];
  /** @type {Mark[]} */
  let marks = [];
  /** @type {(Room | null)[]} */
  let places = [];
  /** @type {Scene | null} */
  let scene = null;
  let opened = -1;

  /** @param {Face[]} faces */
  function fill(faces) {
    tags = faces.map((face, at) => makeTag(face, at, faces.length > 1));
    [marks, places, scene, opened] = [[], [], null, -1];
    hits.append(...tags);
  }

  /**
   * @param {Face} face
   * @param {number} at
   * @param {boolean} numbered
   */
  function makeTag(face, at, numbered) {
    const tag = make("span", { class: "tag", "aria-hidden": "true", "data-face": at + 1 });
    tag.dir = words.direction; // the photo runs from left to right in every script
    const number = numbered ? words.number(at + 1) : "";
    const said = make("span", { class: "words" }, sentences.ofFace(face));
    if (numbered) said.prepend(" · ");
    tag.append(make("span", { class: "number" }, number), said);
    if (!readable(face)) tag.classList.add("mute");
    else looks.paint(tag, moodOf(face.expression)).prepend(symbolOf(moodOf(face.expression)));
    return tag;
  }

  /** How wide the labels are, in words and as numbers. */
  function measure() {
    const widths = (/** @type {Kind} */ kind) => {
      for (const tag of tags) tag.dataset.kind = kind;
      return tags.map((tag) => Math.ceil(tag.getBoundingClientRect().width));
    };
    close();
    const [narrow, wide] = [widths("number"), widths("words")];
    const face = { left: 0, top: 0, width: 0, height: 0 };
    marks = tags.map((_, at) => ({ at, face, words: wide[at], number: narrow[at] }));
  }

  /**
   * @param {Scene} seen
   * @param {number} chosen Whose label is placed before all others.
   */
  function place(seen, chosen) {
    scene = seen;
    const { size, rooms, taken } = seen;
    if (!marks.length) measure();
    close();
    marks = marks.map((mark) => ({ ...mark, face: rooms[mark.at], first: mark.at === chosen }));
    const told = marks.filter(
      ({ at, face }) => !tags[at].classList.contains("mute") && isIn(face, size),
    );
    const { plates, rest } = placePlates(told, rooms, size, LINE, taken);
    const dots = placeDots(rest, rooms, [...plates, ...taken], size, DOT);
    places = tags.map(() => null);
    for (const tag of tags) tag.dataset.kind = "none";
    for (const { mark, kind, ...room } of plates) put(mark.at, kind, room);
    for (const { mark, ...room } of dots) put(mark.at, "dot", room);
  }

  /**
   * @param {number} at
   * @param {Kind} kind
   * @param {Room} room
   */
  function put(at, kind, room) {
    tags[at].dataset.kind = kind;
    places[at] = room;
    move(tags[at], room);
  }

  /**
   * @param {HTMLElement} tag
   * @param {Room} room
   */
  function move(tag, { left, top }) {
    const corner = scene?.corner ?? { left: 0, top: 0 };
    tag.style.left = `${left - corner.left}px`;
    tag.style.top = `${top - corner.top}px`;
  }

  function close() {
    tags[opened]?.classList.remove("open");
    const place = places[opened];
    if (place) move(tags[opened], place);
    opened = -1;
  }

  /**
   * Shows the words of one label whether they have room or not; what was open closes.
   *
   * @param {number} at -1 only closes.
   */
  function open(at) {
    close();
    const tag = tags[at];
    if (!tag || !scene || tag.dataset.kind === "words") return;
    const { size, rooms, taken } = scene;
    if (!isIn(rooms[at], size)) return;
    opened = at;
    tag.classList.add("open");
    const others = places.flatMap((room, other) => (room && other !== at ? [room] : []));
    move(tag, placeOpen(marks[at], [...rooms, ...taken, ...others], size, LINE));
  }

  return {
    fill,
    place,
    open,
    /** They are measured anew before they are placed. */
    forget: () => {
      marks = [];
    },
    /** Where the dots are: the place of a face among all, and a room in pixels of the window. */
    get dots() {
      return [...tags.keys()].flatMap((at) => {
        const room = tags[at].dataset.kind === "dot" && places[at];
        return room ? [{ at, room }] : [];
      });
    },
  };
}

/**
 * Whether the middle of a room is seen.
 *
 * @param {Room} room
 * @param {Size} size
 */
function isIn({ left, top, width, height }, size) {
  const [x, y] = [left + width / 2, top + height / 2];
  return x >= 0 && y >= 0 && x <= size.width && y <= size.height;
}
