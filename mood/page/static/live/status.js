// In which state the live tab is: what it says, and which buttons are of use.

/** @import { LiveFace } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Pace } from "./pace.js" */

import { button, find } from "../shared/dom.js";
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
    const on = state === "running" || state === "paused";
    find(root, ".status").textContent = on || state === "asking" ? text : "";
    find(root, ".message").textContent = on || state === "asking" ? "" : text;
    button(root, "stop").disabled = !on && state !== "asking";
    button(root, "pause").disabled = !on;
    button(root, "pause").textContent = words.say(
      state === "paused" ? "live_resume" : "live_pause",
    );
    button(root, "start").disabled = state === "asking";
    // Whoever uses the keyboard goes on where the button that went away led to.
    if (held && !held.offsetParent) button(root, state === "idle" ? "start" : "stop").focus();
  }

  return {
    get state() {
      return state;
    },
    show,

    /**
     * How fast it goes, how many faces are in sight, and how many cannot be read.
     *
     * @param {LiveFace[]} faces
     * @param {Pace} pace
     */
    tell(faces, { rate, roundTrip }) {
      root.dataset.fps = rate.toFixed(1);
      root.dataset.roundTrip = roundTrip.toFixed(0);
      const fps = rate < 5 ? rate.toFixed(1) : rate.toFixed(0);
      enter("running", sentenceOf(faces, fps, words));
    },
  };
}

/**
 * What is in sight; faces that cannot be read are no part of the sum.
 *
 * @param {LiveFace[]} faces
 * @param {string} fps Frames a second.
 * @param {Words} words
 */
export function sentenceOf(faces, fps, words) {
  const read = faces.filter(readable).length;
  if (!read) return words.say(faces.length ? "live_unreadable" : "live_nobody", { fps });
  const sum = words.say("live_watching", { fps, faces: read });
  const others = faces.length - read;
  return others ? `${sum} · ${words.count("unreadable_only", others)}` : sum;
}
