// How a whole divides among the moods, and its bars.

/** @import { Mood, Summary } from "./types.d.ts" */
/** @import { Looks } from "./looks.js" */

import { make, percentOf } from "./dom.js";

/** @typedef {{ mood: Mood, share: number }} Share From 0 to 1. */

const LEAST = 0.005; // of the whole; less would be a legend without a bar

/**
 * How many of the faces show what: the most frequent first, `uncertain` last.
 *
 * @param {Mood[]} faces A mood for each.
 * @param {Mood[]} moods All there are.
 * @returns {(Share & { faces: number })[]}
 */
export function countShares(faces, moods) {
  const shares = moods.map((mood) => {
    const count = faces.filter((each) => each === mood).length;
    return { mood, faces: count, share: count / faces.length };
  });
  const last = (/** @type {Share} */ { mood }) => Number(mood === "uncertain");
  return shares
    .filter(({ share }) => share > 0)
    .sort((a, b) => last(a) - last(b) || b.share - a.share);
}

/**
 * How much of a session showed what, in an order that stays; what is too little is left out.
 *
 * @param {Summary} summary
 * @param {Mood[]} moods All there are.
 * @returns {Share[]}
 */
export function timeShares(summary, moods) {
  /** @type {Partial<Record<Mood, number>>} */
  const parts = { ...summary.shares, uncertain: summary.uncertain };
  return moods
    .map((mood) => ({ mood, share: parts[mood] ?? 0 }))
    .filter(({ share }) => share >= LEAST);
}

/**
 * @param {HTMLElement} bar
 * @param {Share[]} shares
 * @param {Looks} looks
 */
export function drawBar(bar, shares, looks) {
  bar.replaceChildren(
    ...shares.map(({ mood, share }) => {
      const piece = looks.paint(make("span", { "data-kind": mood }), mood);
      piece.style.flexGrow = String(share);
      return piece;
    }),
  );
}

/**
 * One share as a bar of its own.
 *
 * @param {number} [share] From 0 to 1.
 */
export const makeBar = (share = 0) => {
  const fill = make("span");
  fill.style.width = percentOf(share);
  return make("span", { class: "bar", "aria-hidden": "true" }, fill);
};
