// Why a face was read so: a heat map over its crop, its legend, and a sentence on what counted most.

/** @import { Expression, Face, Networks, PhotoServer } from "../shared/types.d.ts" */
/** @import { Patience } from "../shared/patience.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Counted, Heat } from "./heat.js" */
/** @import { Sentences } from "./sentences.js" */

import { button, find, findAll, make } from "../shared/dom.js";
import { drawHeat, LEAST, toExplain, whatCounted } from "./heat.js";

/** @typedef {Heat & Counted & { expression: Expression }} Reason */

/**
 * @param {object} given
 * @param {PhotoServer} given.server
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 * @param {Pick<Patience, "insist">} given.patience
 * @param {() => Networks} given.networks That read the photo.
 * @returns {(face: Face, card: HTMLElement) => Promise<void>}
 */
export function createWhy({ server, words, sentences, patience, networks }) {
  const { say } = words;

  /** @param {Reason} reason */
  const sentenceOf = ({ expression, most, part }) => {
    const values = { expression: say(expression) };
    if (most < LEAST) return `${say(expression)}: ${say("why_none")}`;
    return part
      ? say("why_note", { ...values, part: say(`why_${part}`) })
      : say("why_glow", values);
  };

  /**
   * @param {HTMLElement} card
   * @param {Reason[]} reasons
   */
  function show(card, reasons) {
    const strongest = Math.max(...reasons.map((reason) => reason.strongest));
    card.querySelector(".explained")?.remove();
    card.querySelector("canvas")?.remove();
    const told = strongest < LEAST ? [say("why_none")] : reasons.map(sentenceOf);
    find(card, ".reason").textContent = told.join(" ");
    if (strongest < LEAST) return;

    const heat = make("canvas", { width: 192, height: 192, role: "img" });
    find(card, ".stage").append(heat);
    const legend = make("ul", { class: "heat-legend" });
    /** @param {Reason} reason */
    const turnTo = (reason) => {
      drawHeat(heat, reason, strongest);
      heat.setAttribute("aria-label", say("why_alt", { reason: sentenceOf(reason) }));
      legend.replaceChildren(
        make("li", { class: "for" }, say("why_for", { expression: say(reason.expression) })),
        make("li", { class: "against" }, say("why_against")),
      );
    };
    turnTo(reasons[0]);
    const explained = make("div", { class: "explained wide" }, makeSwitch(heat));
    if (reasons.length > 1) explained.append(makeChoice(reasons, turnTo));
    explained.append(legend);
    find(card, ".reason").before(explained);
  }

  /** @param {HTMLElement} heat */
  function makeSwitch(heat) {
    const box = make("input", { type: "checkbox", checked: "" });
    box.addEventListener("change", () => {
      heat.hidden = !box.checked;
    });
    return make("label", { class: "check" }, box, say("why_map"));
  }

  /**
   * One button for each expression that is explained.
   *
   * @param {Reason[]} reasons
   * @param {(reason: Reason) => void} turnTo
   */
  function makeChoice(reasons, turnTo) {
    const choice = make("div", { class: "actions" });
    for (const [at, reason] of reasons.entries()) {
      const pressed = { type: "button", "aria-pressed": String(at === 0) };
      const open = make("button", pressed, say(reason.expression));
      open.addEventListener("click", () => {
        for (const other of findAll(choice, "button")) {
          other.setAttribute("aria-pressed", String(other === open));
        }
        turnTo(reason);
      });
      choice.append(open);
    }
    return choice;
  }

  return async (face, card) => {
    const asked = button(card, "why");
    const reason = find(card, ".reason");
    const { model, detector } = networks();
    /** @type {Reason[]} */
    const reasons = [];
    asked.disabled = true;
    for (const expression of toExplain(face)) {
      const question = { image: face.crop, expression, model, detector };
      const answer = await patience.insist(server.explain_face, question, (sentence) => {
        reason.textContent = sentence;
      });
      if ("error" in answer) {
        asked.disabled = false;
        reason.textContent = sentences.excuse(answer);
        return;
      }
      reasons.push({ expression, ...answer, ...whatCounted(answer, face.crop_landmarks) });
    }
    asked.disabled = false;
    show(card, reasons);
  };
}
