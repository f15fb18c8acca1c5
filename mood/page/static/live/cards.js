// A card beside the video for each face that can be read, and a voice for who does not see it.

/** @import { Expression, LiveFace, Mood } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */

import { find, findAll, make, part } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { WORTH_A_BAR } from "../shared/shares.js";

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
  /** @type {Map<number, Mood | "">} */
  const announced = new Map();

  /** @param {LiveFace[]} all */
  function draw(all) {
    const faces = all.filter(readable);
    for (const face of faces) write(cards.get(face.number) ?? add(face.number), face);
    for (const face of all) announce(face);
    const there = new Set(faces.map((face) => face.number));
    for (const number of cards.keys()) if (!there.has(number)) remove(number);
    empty.hidden = cards.size > 0;
  }

  /** @param {number} number */
  function add(number) {
    const title = make("h4", {}, words.say("face", { n: number }));
    const bars = make("ul", {}, ...Array.from({ length: BARS }, makeBar));
    const card = make("article", { "data-face": number }, title, make("strong"), bars);
    const later = [...cards.keys()].filter((other) => other > number);
    list.insertBefore(card, cards.get(Math.min(...later)) ?? null);
    cards.set(number, card);
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
  function write(card, { expression, shares }) {
    const mood = moodOf(expression);
    looks.paint(card, mood);
    find(card, "strong").textContent = looks.title(mood);
    const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]);
    const worth = order.filter((at) => shares[at] >= WORTH_A_BAR).length;
    for (const [place, bar] of findAll(card, "li").entries()) {
      bar.classList.toggle("others", place === worth);
      bar.classList.toggle("left", place > worth);
      if (place === worth) writeOthers(bar);
      else writeBar(bar, looks.expressions[order[place]], shares[order[place]]);
    }
  }

  /** @param {HTMLElement} bar */
  function writeOthers(bar) {
    const [word, , , value] = findAll(bar, "span");
    word.textContent = words.say("others_under", { share: words.percent(WORTH_A_BAR) });
    value.textContent = "";
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
    find(root, ".announce").textContent = `${words.say("face", { n: number })}: ${said}`;
  }

  return {
    draw,
    clear() {
      draw([]);
      announced.clear();
    },
  };
}
