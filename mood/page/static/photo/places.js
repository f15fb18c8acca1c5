// Where the page is: at the photo once there is one, and at its chosen card, which may be a sheet.

/** @import { Album } from "./album.js" */

import { comeIntoSight, find } from "../shared/dom.js";

/**
 * @param {HTMLElement} root
 * @param {Album} album
 */
export function keepPlaces(root, album) {
  const left = find(root, ".left");
  let some = false;

  album.onChange(() => {
    const first = !some && album.photos.length > 0;
    some = album.photos.length > 0;
    if (first) requestAnimationFrame(() => comeToTop(root));
  });

  /** Below a photo that stays on top the chosen card comes first: who chose another one goes there. */
  album.onChoice(() => {
    const card = root.querySelector(".card.chosen");
    const isSheet = getComputedStyle(left).position === "sticky";
    if (isSheet && card instanceof HTMLElement) comeIntoSight(card);
  });

  /** What is sought out by keys must not hide below what stays on top. */
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--kept-top", `${left.offsetHeight}px`);
  }).observe(left);
}

/** @param {HTMLElement} node */
function comeToTop(node) {
  const top = node.getBoundingClientRect().top + window.scrollY;
  window.scrollTo({ top, behavior: "instant" });
}
