// The frames of the faces: which face is meant by a pointer, which one is chosen, and their labels.

/** @import { Answer, Face } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Lights } from "./lights.js" */
/** @import { Room, Size } from "../shared/rooms.js" */
/** @import { Sentences } from "./sentences.js" */
/** @import { View } from "./zoom.js" */

import { find, findAll, make } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { roomOf } from "../shared/rooms.js";
import { faceOf } from "./lights.js";
import { createTags } from "./tags.js";
import { meantAt, seenIn } from "./zoom.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.picture
 * @param {Album} given.album
 * @param {Lights} given.lights
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function createFrames({ picture, album, lights, looks, words, sentences }) {
  const hits = find(picture, ".hits");
  const tags = createTags({ hits, looks, words, sentences });
  /** @type {Room[]} */
  let faces = []; // in sides of the photo
  /** @type {Room[]} */
  let rooms = []; // in pixels of the window

  /** @param {Answer | null} answer */
  function fill(answer) {
    const found = answer?.faces ?? [];
    faces = found.map(({ bbox_xyxy: box }) => roomOf(box, /** @type {Answer} */ (answer)));
    rooms = [];
    lights.darken();
    hits.replaceChildren(...found.map(makeHit));
    hits.hidden = !found.length;
    tags.fill(found);
  }

  /**
   * @param {Face} face
   * @param {number} at
   */
  function makeHit(face, at) {
    const label = `${words.face(at + 1)}: ${sentences.ofFace(face)}`;
    const hit = make("button", { type: "button", "aria-label": label, "data-face": at + 1 });
    for (const side of /** @type {const} */ (["left", "top", "width", "height"])) {
      hit.style.setProperty(`--${side}`, String(100 * faces[at][side]));
    }
    if (readable(face)) return looks.paint(hit, moodOf(face.expression));
    hit.classList.add("unreadable");
    return hit;
  }

  /** One frame alone is a stop of the tab key: arrow keys lead to the others. */
  function choose() {
    const stop = Math.max(0, album.chosen);
    for (const [at, hit] of findAll(hits, "button").entries()) {
      hit.setAttribute("aria-pressed", String(at === album.chosen));
      hit.tabIndex = at === stop ? 0 : -1;
    }
  }

  /**
   * Labels go to where there is room for them in what is seen.
   *
   * @param {View} view
   * @param {Size} size Of the window, in pixels.
   * @param {Room[]} taken What stands over the photo.
   */
  function place(view, size, taken) {
    rooms = faces.map((face) => seenIn(face, view, size));
    const corner = seenIn({ left: 0, top: 0, width: 1, height: 1 }, view, size);
    if (faces.length) tags.place({ size, rooms, corner, taken }, album.chosen);
    tags.open(lights.lit);
  }

  /**
   * The place of the face that is meant by a pointer; -1 if there is none.
   *
   * @param {MouseEvent} event
   */
  function meantBy({ target, clientX, clientY }) {
    if (target instanceof Element && target.closest(".tag, [data-do]")) return faceOf(target);
    const { left, top } = picture.getBoundingClientRect();
    const { dots } = tags;
    const point = { x: clientX - left, y: clientY - top };
    const meant = meantAt(point, [...rooms, ...dots.map(({ room }) => room)]);
    return dots[meant - rooms.length]?.at ?? meant;
  }

  picture.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch") lights.point(meantBy(event));
  });
  picture.addEventListener("click", (event) => {
    // Keys and screen readers press a button; a pointer means the nearest face.
    const at = event.detail ? meantBy(event) : faceOf(event.target);
    if (at < 0) return;
    findAll(hits, "button")[at].focus({ preventScroll: true });
    album.choose(at, true);
  });
  hits.setAttribute("role", "toolbar");
  hits.setAttribute("aria-label", words.say("frames"));
  lights.onLight(tags.open);

  return {
    fill,
    choose,
    place,
    /** Labels are measured anew when they are placed next. */
    remeasure: tags.forget,
    /** Where the chosen face is, in sides of the photo; undefined if there is none. */
    get chosen() {
      return faces.at(album.chosen < 0 ? faces.length : album.chosen);
    },
  };
}
