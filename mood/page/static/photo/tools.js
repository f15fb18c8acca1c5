// The bar of tools: what folds out of it, one thing at a time, and in again.

/** @import { Album } from "./album.js" */

import { find } from "../shared/dom.js";

/**
 * @param {HTMLElement} root
 * @param {Album} album
 */
export function createTools(root, album) {
  const tools = find(root, ".tools");
  const offers = find(tools, ".offers", HTMLDetailsElement);
  const folds = [...tools.querySelectorAll("details")];
  let some = false;

  /**
   * Before the first photo the examples lie open.
   *
   * @param {HTMLDetailsElement} [but]
   */
  const close = (but) => {
    for (const fold of folds) if (fold !== but) fold.open = fold === offers && !some;
  };

  album.onChange(() => {
    if (some === (root.dataset.state === "some")) return;
    some = !some;
    close();
  });
  for (const fold of folds) {
    const summary = find(fold, "summary");
    summary.title = summary.textContent ?? ""; // where there is room for the symbol alone
    fold.addEventListener("toggle", () => {
      if (fold.open && some) close(fold);
    });
    fold.addEventListener("click", ({ target }) => {
      const pressed = target instanceof Element && target.closest("button");
      if (some && pressed) close();
    });
  }
  document.addEventListener("keydown", ({ key }) => {
    const open = folds.find((fold) => fold.open);
    if (key !== "Escape" || !open || !some) return;
    if (open.contains(document.activeElement)) find(open, "summary").focus();
    close();
  });
  document.addEventListener("pointerdown", ({ target }) => {
    if (some && target instanceof Node && !folds.some((fold) => fold.contains(target))) close();
  });
}
