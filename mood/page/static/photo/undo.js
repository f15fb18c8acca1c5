// Taking photos away, and one way back: a quiet line that offers it for a while.

/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Photo } from "./shelf.js" */

import { button, find, part } from "../shared/dom.js";

const OFFERED_MS = 12_000; // and for as long as somebody points at it

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Words} given.words
 * @param {() => void} given.back Called when photos were put back.
 */
export function createUndo({ root, album, words, back }) {
  const toast = find(root, ".toast");
  /** @type {ReturnType<Album["remove"]> | null} */
  let last = null;
  let timer = 0;

  /** @param {readonly Photo[]} photos */
  function remove(photos) {
    last?.forget();
    last = album.remove(photos);
    const [{ name }] = photos;
    const told = photos.length > 1 ? words.say("removed_all") : words.say("removed", { name });
    toast.hidden = false;
    part(toast, "removed").textContent = told;
    wait();
  }

  function forget() {
    last?.forget();
    end();
  }

  function end() {
    clearTimeout(timer);
    last = null;
    toast.hidden = true;
  }

  function wait() {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (toast.matches(":hover, :focus-within")) wait();
      else forget();
    }, OFFERED_MS);
  }

  button(toast, "undo").addEventListener("click", () => {
    const undone = last;
    end();
    undone?.undo();
    back();
  });

  return { remove };
}
