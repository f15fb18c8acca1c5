// In which state the live tab is: what it says, and which buttons are of use.

/** @import { Words } from "../shared/words.js" */
/** @import { Pace } from "./pace.js" */

import { button, find } from "../shared/dom.js";

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
  function show(next, key, values) {
    const active = document.activeElement;
    const held = root.contains(active) && active instanceof HTMLElement ? active : null;
    root.dataset.state = state = next;
    const on = state === "running" || state === "paused";
    const text = key ? words.say(key, values) : "";
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
     * How fast it goes, and how many faces are in sight.
     *
     * @param {number} faces
     * @param {Pace} pace
     */
    tell(faces, { rate, roundTrip }) {
      root.dataset.fps = rate.toFixed(1);
      root.dataset.roundTrip = roundTrip.toFixed(0);
      const fps = rate < 5 ? rate.toFixed(1) : rate.toFixed(0);
      show("running", faces ? "live_watching" : "live_nobody", { fps, faces });
    },
  };
}
