// A card beside the video for each face that stayed and can be read: all expressions, always in the
// same order; and a voice for who does not see it.

/** @import { Expression, LiveFace, Mood } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */

import { find, findAll, make, part, percentOf } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { makeBar } from "../shared/shares.js";
import { createRows } from "./rows.js";

const LEAST = 1e-6; // what is rounded to nothing on its way is little, and not nothing

/**
 * @param {HTMLElement} root
 * @param {Looks} looks
 * @param {Words} words
 */
export function createCards(root, looks, words) {
  const panel = part(root, "faces");
  const cards = createRows(find(root, ".faces"), makeCard);
  /** @type {Map<number, Mood | "">} */
  const announced = new Map();

  /** @param {LiveFace[]} all */
  function draw(all) {
    const stayed = all.filter((face) => face.stayed);
    const faces = stayed.filter(readable);
    for (const face of faces) write(cards.of(face.number).node, face);
    for (const face of stayed) announce(face);
    cards.keep(faces.map(({ number }) => number));
    panel.hidden = !cards.size;
  }

  /** @param {number} number */
  function makeCard(number) {
    const verdict = make("strong", { class: "verdict" });
    const bars = make("ul", {}, ...looks.expressions.map(makeRow));
    const title = make("h4", {}, words.face(number));
    return { node: make("article", { "data-face": number }, title, verdict, bars) };
  }

  /** @param {Expression} name */
  function makeRow(name) {
    const value = make("span", { class: "value" });
    const row = make("li", {}, make("span", {}, looks.title(name)), makeBar(), value);
    row.dataset.expression = name;
    return looks.paint(row, name);
  }

  /**
   * @param {HTMLElement} card
   * @param {LiveFace} face
   */
  function write(card, { expression, shares }) {
    const mood = moodOf(expression);
    looks.paint(card, mood);
    find(card, "strong").replaceChildren(looks.title(mood));
    for (const [at, row] of findAll(card, "li").entries()) {
      find(row, ".bar span").style.width = percentOf(shares[at]);
      find(row, ".value").textContent = words.percent(Math.max(shares[at], LEAST));
    }
  }

  /**
   * Of what cannot be read only that it no longer can.
   *
   * @param {LiveFace} face
   */
  function announce(face) {
    const { number, expression, reason } = face;
    const news = readable(face) ? moodOf(expression) : "";
    if ((announced.get(number) ?? "") === news) return;
    announced.set(number, news);
    const said = news
      ? words.say(news)
      : words.say("unreadable", { reason: words.say(`reason_${reason}`) });
    find(root, ".announce").textContent = `${words.face(number)}: ${said}`;
  }

  return {
    draw,
    clear() {
      draw([]);
      announced.clear();
    },
  };
}
