// One face in two places: who points at its card lights its frame, and the other way round.

import { findAll } from "../shared/dom.js";

/** @typedef {ReturnType<typeof createLights>} Lights */

/**
 * Lights everything below `root` that has the `data-face` of what is pointed at, else of what has the
 * focus.
 *
 * @param {HTMLElement} root
 */
export function createLights(root) {
  let [pointed, focused, lit] = [-1, -1, -1];
  /** @type {((face: number) => void)[]} */
  const listeners = [];

  function light() {
    const next = pointed >= 0 ? pointed : focused;
    if (next === lit) return;
    lit = next;
    for (const node of findAll(root, "[data-face]")) {
      node.classList.toggle("lit", node.dataset.face === String(lit + 1));
    }
    for (const listen of listeners) listen(lit);
  }

  /** @param {number} face Its place among all; -1 if none is pointed at. */
  function point(face) {
    pointed = face;
    light();
  }

  /** @param {EventTarget | null} target */
  function focus(target) {
    focused = faceOf(target);
    light();
  }

  root.addEventListener("pointerover", ({ target, pointerType }) => {
    if (target instanceof Element && target.closest(".picture")) return; // which says so itself
    point(pointerType === "touch" ? -1 : faceOf(target));
  });
  root.addEventListener("pointerleave", () => point(-1));
  root.addEventListener("focusin", ({ target }) => focus(target));
  root.addEventListener("focusout", ({ relatedTarget }) => focus(relatedTarget));

  return {
    get lit() {
      return lit;
    },
    point,
    /** What was lit is there no more. */
    darken: () => {
      [pointed, focused] = [-1, -1];
      light();
    },
    /** @param {(face: number) => void} listen Hears which face is lit; -1 is none. */
    onLight: (listen) => listeners.push(listen),
  };
}

/**
 * The place of the face that a node belongs to; -1 if there is none.
 *
 * @param {EventTarget | null} target
 */
export function faceOf(target) {
  const node = target instanceof Element && target.closest("[data-face]");
  return node instanceof HTMLElement ? Number(node.dataset.face) - 1 : -1;
}
