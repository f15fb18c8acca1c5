// A card beside the video for each face, and a voice for those who do not see it.

/** @import { Expression, LiveFace, Verdict } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */

import { find, findAll, make, part } from "../shared/dom.js";
import { verdictOf } from "../shared/looks.js";

const BARS = 3;

/**
 * @param {HTMLElement} root
 * @param {Looks} looks
 * @param {Words} words
 */
export function createCards(root, looks, words) {
  const list = find(root, ".faces");
  const empty = part(root, "faces-empty");
  /** @type {Map<number, HTMLElement>} */
  const cards = new Map();
  /** @type {Map<number, Verdict>} */
  const announced = new Map();

  /** @param {LiveFace[]} faces */
  function draw(faces) {
    for (const face of faces) {
      write(cards.get(face.number) ?? add(face.number), face);
      announce(face);
    }
    const there = new Set(faces.map((face) => face.number));
    for (const number of cards.keys()) if (!there.has(number)) remove(number);
    empty.hidden = cards.size > 0;
  }

  /** @param {number} number */
  function add(number) {
    const title = make("h4", {}, words.say("face", { n: number }));
    const bars = make("ul", {}, ...Array.from({ length: BARS }, makeBar));
    const card = make("article", { "data-face": number }, title, make("strong"), bars);
    cards.set(number, card);
    list.append(card);
    return card;
  }

  const makeBar = () =>
    make("li", {}, make("span"), make("span", { class: "bar" }, make("span")), make("span"));

  /** @param {number} number */
  function remove(number) {
    cards.get(number)?.remove();
    cards.delete(number);
  }

  /**
   * @param {HTMLElement} card
   * @param {LiveFace} face
   */
  function write(card, { verdict, shares }) {
    looks.paint(card, verdictOf(verdict));
    find(card, "strong").textContent = looks.title(verdictOf(verdict));
    const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]);
    for (const [place, bar] of findAll(card, "li").entries()) {
      writeBar(bar, looks.expressions[order[place]], shares[order[place]]);
    }
  }

  /**
   * @param {HTMLElement} bar
   * @param {Expression} name
   * @param {number} share
   */
  function writeBar(bar, name, share) {
    looks.paint(bar, name);
    const [word, , filled, value] = findAll(bar, "span");
    word.textContent = words.say(name);
    filled.style.width = `${(100 * share).toFixed(1)}%`;
    value.textContent = words.percent(share);
  }

  /** @param {LiveFace} face */
  function announce({ number, verdict: expression }) {
    const verdict = verdictOf(expression);
    if (announced.get(number) === verdict) return;
    announced.set(number, verdict);
    const who = words.say("face", { n: number });
    find(root, ".announce").textContent = `${who}: ${words.say(verdict)}`;
  }

  return {
    draw,
    clear() {
      draw([]);
      announced.clear();
    },
  };
}
