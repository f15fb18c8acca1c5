// The legend is the filter: what is pressed there is lit everywhere, and the rest is dimmed.

/** @import { Face, Mood } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */

import { find, findAll, make } from "../shared/dom.js";
import { moodOf, moodsOf, readable } from "../shared/looks.js";
import { countShares, drawBar } from "../shared/shares.js";
import { facesOf } from "./shelf.js";

/** @typedef {Mood | "unreadable"} Kind What a face counts as. */

/**
 * @param {Face} face
 * @returns {Kind}
 */
export const kindOf = (face) => (readable(face) ? moodOf(face.expression) : "unreadable");

/**
 * How many faces there are of each kind: the most frequent first, then what is uncertain, and last
 * what cannot be read.
 *
 * @param {readonly Face[]} faces
 * @param {Mood[]} moods All there are.
 * @returns {{ kind: Kind, faces: number }[]}
 */
export function countKinds(faces, moods) {
  const told = moodsOf(faces);
  /** @type {{ kind: Kind, faces: number }[]} */
  const counts = countShares(told, moods).map(({ mood, faces }) => ({ kind: mood, faces }));
  const left = faces.length - told.length;
  return left ? [...counts, { kind: "unreadable", faces: left }] : counts;
}

/**
 * Which of the faces are lit: all, where nothing is pressed.
 *
 * @param {readonly Face[]} faces
 * @param {ReadonlySet<Kind>} pressed
 */
export const litOf = (faces, pressed) =>
  faces.map((face) => !pressed.size || pressed.has(kindOf(face)));

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Looks} given.looks
 * @param {Words} given.words
 */
export function createFilter({ root, album, looks, words }) {
  /** @type {Set<Kind>} */
  const pressed = new Set();
  const ofPhoto = find(root, ".shows");
  const ofAll = find(root, ".room");

  function draw() {
    const faces = facesOf(album.shown);
    const all = album.photos.flatMap(facesOf);
    for (const kind of pressed) {
      if (!all.some((face) => kindOf(face) === kind)) pressed.delete(kind);
    }
    ofPhoto.hidden = faces.length < 2;
    drawPanel(ofPhoto, faces);
    drawPanel(ofAll, all);
    light();
  }

  /**
   * @param {HTMLElement} panel
   * @param {Face[]} faces
   */
  function drawPanel(panel, faces) {
    const shares = countShares(moodsOf(faces), looks.moods);
    const bar = find(panel, ".whole");
    bar.hidden = !shares.length;
    drawBar(bar, shares, looks);
    const items = countKinds(faces, looks.moods).map((each) => makeItem(each.kind, each.faces));
    find(panel, ".legend").replaceChildren(...items, makeAll());
  }

  /**
   * @param {Kind} kind
   * @param {number} faces
   */
  function makeItem(kind, faces) {
    const name = kind === "unreadable" ? words.say("filter_unread") : looks.title(kind);
    const toggle = make("button", { type: "button", "data-kind": kind });
    toggle.append(make("span", {}, name), " ", make("b", {}, words.number(faces)));
    toggle.addEventListener("click", () => {
      if (!pressed.delete(kind)) pressed.add(kind);
      light();
    });
    const item = make("li", { "data-mood": kind }, toggle);
    return kind === "unreadable" ? item : looks.paint(item, kind);
  }

  /** What lights all again. */
  function makeAll() {
    const all = make("button", { type: "button", "data-do": "all" }, words.say("filter_all"));
    all.addEventListener("click", () => {
      const legend = all.closest(".legend");
      pressed.clear();
      light();
      legend?.querySelector("button")?.focus();
    });
    return make("li", { class: "all" }, all);
  }

  function light() {
    for (const panel of [ofPhoto, ofAll]) {
      for (const node of findAll(panel, "[data-kind]")) {
        const on = pressed.has(/** @type {Kind} */ (node.dataset.kind));
        if (node instanceof HTMLButtonElement) node.setAttribute("aria-pressed", String(on));
        else node.classList.toggle("dim", pressed.size > 0 && !on);
      }
      find(panel, ".all").hidden = !pressed.size;
    }
    lightFaces();
    for (const [at, item] of findAll(root, ".gallery li").entries()) {
      const lit = litOf(facesOf(album.photos[at]), pressed);
      item.classList.toggle("dim", pressed.size > 0 && !lit.includes(true));
    }
  }

  /** The frames, labels, cards and rows of the photo that is shown. */
  function lightFaces() {
    const lit = litOf(facesOf(album.shown), pressed);
    for (const node of findAll(root, ":is(.hits, .right) [data-face]")) {
      node.classList.toggle("dim", !lit[Number(node.dataset.face) - 1]);
    }
  }

  album.onChange(draw);
}
