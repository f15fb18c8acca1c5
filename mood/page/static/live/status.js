// In which state the live tab is: what it says, and which buttons are of use.

/** @import { LiveFace } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Mode } from "../vision/types.d.ts" */
/** @import { Pace } from "./pace.js" */

import { button, find, part } from "../shared/dom.js";
import { readable } from "../shared/looks.js";

/** @typedef {"idle" | "asking" | "running" | "paused"} State */

/**
 * @param {HTMLElement} root
 * @param {Words} words
 */
export function createStatus(root, words) {
  /** @type {State} */
  let state = "idle";

  /**
   * @param {State} next
   * @param {string} [key] Of the words to say.
   * @param {Record<string, string | number>} [values]
   */
  const show = (next, key, values) => enter(next, key ? words.say(key, values) : "");

  /**
   * @param {State} next
   * @param {string} text
   */
  function enter(next, text) {
    const active = document.activeElement;
    const held = root.contains(active) && active instanceof HTMLElement ? active : null;
    root.dataset.state = state = next;
    delete root.dataset.away;
    part(root, "line").hidden = true;
    const on = state === "running" || state === "paused";
    find(root, ".status").textContent = on || state === "asking" ? text : "";
    find(root, ".message").textContent = on || state === "asking" ? "" : text;
    button(root, "stop").disabled = !on && state !== "asking";
    button(root, "pause").disabled = !on;
    button(root, "pause").textContent = words.say(
      state === "paused" ? "live_resume" : "live_pause",
    );
    button(root, "start").disabled = state === "asking";
    button(root, "open").hidden = state !== "paused";
    part(root, "rate").hidden = state !== "running";
    // Whoever uses the keyboard goes on where the button that went away led to.
    if (held && !held.offsetParent) button(root, state === "idle" ? "start" : "stop").focus();
  }

  return {
    get state() {
      return state;
    },
    show,

    /**
     * Why there are no faces at the moment: what is shown of them looks old, and a place in the line
     * is said large.
     *
     * @param {string} key
     * @param {Record<string, string | number>} values
     */
    miss(key, values) {
      show("running", key, values);
      const waits = "position" in values;
      root.dataset.away = waits ? "waits" : "lost";
      part(root, "line").hidden = !waits;
      if (waits) part(root, "place").textContent = words.number(Number(values.position));
    },

    /**
     * How many faces are in sight, and how many cannot be read; how fast it goes is a detail.
     *
     * @param {LiveFace[]} faces
     * @param {Pace} pace
     * @param {Mode} mode How much is done for a picture.
     */
    tell(faces, { rate, roundTrip }, mode) {
      root.dataset.fps = rate.toFixed(1);
      root.dataset.roundTrip = roundTrip.toFixed(0);
      const values = { ms: words.number(roundTrip) };
      const fast = words.count("live_rate", rate, values, rate < 5 ? 1 : 0);
      const less = mode === "full" ? "" : ` ${words.say(`live_mode_${mode}`)}`;
      part(root, "rate").textContent = fast + less;
      enter(state, sentenceOf(faces, words));
    },
  };
}

/**
 * What is in sight; faces that cannot be read are no part of the sum.
 *
 * @param {LiveFace[]} faces
 * @param {Words} words
 */
export function sentenceOf(faces, words) {
  const read = faces.filter(readable).length;
  if (!read) return words.say(faces.length ? "live_unreadable" : "live_nobody");
  const sum = words.count("faces", read);
  const others = faces.length - read;
  return others ? `${sum} · ${words.count("unreadable_only", others)}` : sum;
}
