// Arrow keys: through the faces of a photo and, with Shift, through the photos.

/** @import { Album } from "./album.js" */

import { find, findAll } from "../shared/dom.js";
import { faceOf } from "./lights.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const FORWARDS = ["ArrowRight", "ArrowLeft"];

/**
 * The place that a key leads to.
 *
 * @param {string} key
 * @param {number} from -1 where there is nothing yet.
 * @param {number} count
 * @param {boolean} mirrored Whether the places run from right to left.
 * @returns {number | null} The same place at either end; null for keys that lead nowhere.
 */
export function placeAfter(key, from, count, mirrored = false) {
  if (!count) return null;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const step = Object.hasOwn(STEPS, key) ? STEPS[/** @type {keyof typeof STEPS} */ (key)] : 0;
  if (!step) return null;
  const way = mirrored && FORWARDS.includes(key) ? -step : step;
  return Math.max(0, Math.min(from + way, count - 1));
}

/**
 * @param {HTMLElement} root
 * @param {Album} album
 * @param {string} direction In which the page is read; the photo itself is never mirrored.
 */
export function listenForArrows(root, album, direction) {
  const picture = find(root, ".picture");
  const mirrored = direction === "rtl";

  /** @param {string} key */
  function walkPhotos(key) {
    const { photos, shown } = album;
    const next = placeAfter(key, shown ? photos.indexOf(shown) : -1, photos.length, mirrored);
    if (next === null || photos.length < 2) return false;
    const inGallery = find(root, ".gallery").contains(document.activeElement);
    if (photos[next] !== shown) album.show(photos[next]);
    const place = inGallery ? '.gallery [aria-pressed="true"]' : '.hits [tabindex="0"]';
    const target = root.querySelector(place);
    (target instanceof HTMLElement ? target : picture).focus({ preventScroll: true });
    return true;
  }

  /**
   * @param {string} key
   * @param {HTMLElement | null} card The head of the one that has the focus; none walks in the photo.
   */
  function walkFaces(key, card) {
    const nodes = findAll(root, card ? ".card .head" : ".hits button");
    const seen = nodes.filter((node) => node.offsetParent);
    const at = seen.findIndex((node) => (card ? node === card : node.tabIndex === 0));
    const next = placeAfter(key, at, seen.length, mirrored && Boolean(card));
    if (next === null) return false;
    seen[next].focus({ preventScroll: !card });
    album.choose(faceOf(seen[next]), true);
    return true;
  }

  /** @param {KeyboardEvent} event */
  function walk({ key, target, shiftKey }) {
    if (!(target instanceof HTMLElement)) return false;
    const isLoose = target === document.body; // where up and down scroll the page
    if (isLoose && !(root.offsetParent && FORWARDS.includes(key))) return false;
    if (!isLoose && !root.contains(target)) return false;
    const [place] = [".picture", ".gallery", ".card .head"].filter((each) => target.closest(each));
    if (!place && !isLoose) return false;
    if (shiftKey) return walkPhotos(key);
    if (place === ".gallery") return false;
    return walkFaces(key, target.closest(".card .head"));
  }

  document.addEventListener("keydown", (event) => {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.defaultPrevented;
    if (isPlain && walk(event)) event.preventDefault();
  });
}
