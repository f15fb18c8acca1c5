// The bar below a film: play, where it is, how long it is, and how fast it goes.

/** @import { Words } from "../shared/words.js" */
/** @import { Film } from "./film.js" */

import { button, find, make, part } from "../shared/dom.js";
import { clock } from "./session.js";

const SPEEDS = [0.25, 0.5, 1, 1.5, 2, 4];
const STEPS = 1000; // of the slider

/**
 * @param {HTMLElement} root
 * @param {Film} film
 * @param {Words} words
 */
export function createReel(root, film, words) {
  const bar = find(root, ".reel");
  const slider = find(bar, "input", HTMLInputElement);
  const speeds = find(bar, "select", HTMLSelectElement);
  speeds.replaceChildren(
    ...SPEEDS.map((each) => make("option", { value: each }, `${words.number(each, 2)} ×`)),
  );
  slider.max = String(STEPS);

  slider.addEventListener("input", () => film.lead((film.length * Number(slider.value)) / STEPS));
  slider.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!step) return;
    event.preventDefault(); // a second, however long the film is
    film.lead(film.time + step);
  });
  speeds.addEventListener("change", () => film.speed(Number(speeds.value)));

  return {
    /** Begins with another film. */
    begin() {
      root.dataset.source = "film";
      bar.hidden = false;
      find(root, ".stage").classList.remove("mirrored");
      button(root, "switch").hidden = true;
      button(root, "stop").textContent = words.say("close");
      speeds.value = "1";
      film.speed(1);
    },

    /** The film is closed; what was seen of it still shows. */
    hide() {
      bar.hidden = true;
    },

    /** What was seen of a film goes as well. @returns {boolean} Whether there was one. */
    end() {
      const was = "source" in root.dataset;
      delete root.dataset.source;
      button(root, "stop").textContent = words.say("live_stop");
      return was;
    },

    draw() {
      const { time, length } = film;
      slider.value = String(length ? Math.round((STEPS * time) / length) : 0);
      slider.setAttribute("aria-valuetext", clock(time));
      part(bar, "at").textContent = clock(time);
      part(bar, "length").textContent = clock(length);
    },
  };
}
