// A card for each face of the photo that can be read: its crop, its mood, its probabilities.

/** @import { Answer, Expression, Face } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Photo } from "./shelf.js" */

import { comeIntoSight, find, findAll, make } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { makeBar } from "../shared/shares.js";
import { findings } from "./shelf.js";

const WORTH_A_BAR = 0.01; // of its own; what has less stands in one line with others

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {(face: Face, card: HTMLElement) => void} given.why Answers for the face of a card.
 */
export function createCards({ root, album, looks, words, why }) {
  const { say, percent } = words;
  const cards = find(root, ".cards");
  /** @type {Answer | null | undefined} */
  let drawn;
  /** @type {Photo | null} */
  let told = null; // the photo that the cards tell of

  function draw() {
    const answer = findings(album.shown);
    if (answer !== drawn) {
      cards.classList.toggle("grow", album.shown !== told); // bars, but not with each setting
      told = answer && album.shown;
      const faces = answer?.faces ?? [];
      const made = faces.flatMap((face, at) => (readable(face) ? [makeCard(face, at)] : []));
      cards.replaceChildren(...(answer ? made : [makeSkeleton(), makeSkeleton()]));
    }
    drawn = answer;
    choose(false);
  }

  /** The place of a card while its photo is read. */
  function makeSkeleton() {
    const lines = ["head", "bar", "bar", "bar"].map((name) => make("span", { class: name }));
    const stage = make("span", { class: "stage" });
    return make("div", { class: "skeleton", "aria-hidden": "true" }, stage, ...lines);
  }

  /** @param {boolean} scroll */
  function choose(scroll) {
    for (const card of findAll(cards, ".card")) {
      const chosen = card.dataset.face === String(album.chosen + 1);
      card.classList.toggle("chosen", chosen);
      find(card, ".head").setAttribute("aria-expanded", String(chosen));
      if (chosen && scroll) comeIntoSight(card);
    }
  }

  /**
   * @param {Face} face
   * @param {number} at
   */
  function makeCard(face, at) {
    const crop = make("img", {
      src: face.crop,
      alt: say("crop_alt", { n: words.number(at + 1) }),
      class: "crop",
    });
    const card = make("article", { class: "card", "data-face": at + 1 });
    card.append(
      make("div", { class: "stage" }, crop),
      makeHead(face, at),
      make("ul", { class: "bars" }, ...makeBars(face)),
      makeMore(face, card),
    );
    return card;
  }

  /**
   * @param {Face} face
   * @param {number} at
   */
  function makeHead(face, at) {
    const mood = moodOf(face.expression);
    const head = make("button", { type: "button", class: "head", "aria-expanded": "false" });
    head.append(
      make("span", { class: "quiet" }, words.face(at + 1)),
      looks.paint(make("span", { class: "verdict" }, looks.title(mood)), mood),
    );
    if (face.expression)
      head.append(make("span", { class: "share-of" }, percent(face.probability)));
    head.addEventListener("click", () => album.choose(at));
    return head;
  }

  /** @param {Face} face */
  function makeBars(face) {
    const counted = album.shown?.options?.expressions ?? [];
    const [shown, others] = worthABar(face, counted.length ? counted : looks.expressions);
    const bars = shown.map((name) => makeRow(face, name));
    const under = words.say("others_under", { share: percent(WORTH_A_BAR) });
    return others ? [...bars, make("li", { class: "others" }, under)] : bars;
  }

  /**
   * @param {Face} face
   * @param {Expression} name
   */
  function makeRow(face, name) {
    const row = make("li", { "data-expression": name });
    row.append(make("span", { class: "name" }, looks.title(name)));
    const unknown = face.unknown.includes(name);
    const share = face.probabilities[name];
    row.classList.toggle("unknown", unknown);
    if (!unknown) row.append(makeBar(share));
    row.append(make("span", { class: "value" }, unknown ? say("unknown") : percent(share)));
    return looks.paint(row, name);
  }

  /**
   * @param {Face} face
   * @param {HTMLElement} card
   */
  function makeMore(face, card) {
    const [width, height] = face.crop_wh;
    const ask = make("button", { type: "button", "data-do": "why" }, say("why"));
    ask.addEventListener("click", () => why(face, card));
    const more = make("div", { class: "more" });
    if (!face.expression) more.append(make("p", { class: "quiet wide" }, say("uncertain_note")));
    more.append(
      make("p", { class: "quiet" }, say("crop_note", { width, height })),
      ask,
      make("p", { class: "quiet reason", role: "status" }),
    );
    return more;
  }

  album.onChange(draw);
  album.onChoice(choose);
}

/**
 * The expressions that have a bar of their own, the most probable first, and how many are left.
 *
 * @param {Pick<Face, "probabilities" | "unknown">} face
 * @param {readonly Expression[]} expressions All there are.
 * @returns {[Expression[], number]}
 */
export function worthABar({ probabilities, unknown }, expressions) {
  const order = [...expressions].sort((a, b) => probabilities[b] - probabilities[a]);
  const little = order.filter(
    (name) => probabilities[name] < WORTH_A_BAR && !unknown.includes(name),
  );
  if (little.length < 2) return [order, 0]; // one is no shorter without its name
  return [order.filter((name) => !little.includes(name)), little.length];
}
