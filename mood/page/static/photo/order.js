// The cards of a crowd: a grid that can be sorted.

/** @import { Face } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */

import { find, findAll, make } from "../shared/dom.js";
import { moodOf, moodsOf, readable } from "../shared/looks.js";
import { countShares } from "../shared/shares.js";
import { facesOf } from "./shelf.js";

/** @typedef {"place" | "expression" | "certainty" | "size"} Order */

const CROWD = 7; // faces

/** @type {readonly Order[]} */
const ORDERS = ["place", "expression", "certainty", "size"];

/**
 * The places of the faces that can be read, in an order. By expression means: the most frequent
 * one first, as in the legend, and within it the surest.
 *
 * @param {readonly Face[]} faces
 * @param {Order} order
 */
export function ordered(faces, order) {
  const places = [...faces.keys()].filter((at) => readable(faces[at]));
  const moods = moodsOf(faces);
  const frequent = countShares(moods, [...new Set(moods)]).map(({ mood }) => mood);
  const sure = (/** @type {number} */ at) => faces[at].probability;
  const size = (/** @type {number} */ at) => {
    const [left, top, right, bottom] = faces[at].bbox_xyxy;
    return (right - left) * (bottom - top);
  };
  const group = (/** @type {number} */ at) => frequent.indexOf(moodOf(faces[at].expression));
  /** @type {Record<Order, (a: number, b: number) => number>} */
  const compare = {
    place: (a, b) => a - b,
    expression: (a, b) => group(a) - group(b) || sure(b) - sure(a),
    certainty: (a, b) => sure(b) - sure(a),
    size: (a, b) => size(b) - size(a),
  };
  return places.sort(compare[order]);
}

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Words} given.words
 */
export function createOrder({ root, album, words }) {
  const cards = find(root, ".cards");
  const chooser = find(root, "[data-set=order]", HTMLSelectElement);
  chooser.append(...ORDERS.map((each) => make("option", { value: each }, words.say(`by_${each}`))));

  function draw() {
    const faces = facesOf(album.shown);
    const crowd = faces.filter(readable).length >= CROWD;
    cards.classList.toggle("crowd", crowd);
    find(root, ".sorts").hidden = !crowd;
    const order = crowd ? /** @type {Order} */ (chooser.value) : "place";
    sort(ordered(faces, order).map((at) => String(at + 1)));
  }

  /** @param {string[]} numbers In the order that the cards are to have. */
  function sort(numbers) {
    const made = findAll(cards, ".card");
    if (made.every((card, at) => card.dataset.face === numbers[at])) return; // the focus stays
    const byNumber = new Map(made.map((card) => [card.dataset.face, card]));
    for (const number of numbers) cards.append(byNumber.get(number) ?? "");
  }

  chooser.addEventListener("change", draw);
  album.onChange(draw);
}
