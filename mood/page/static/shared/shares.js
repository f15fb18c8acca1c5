// How a whole divides among the moods: a stacked bar with its legend.

/** @import { Mood, Summary } from "./types.d.ts" */
/** @import { Looks } from "./looks.js" */
/** @import { Words } from "./words.js" */

import { make } from "./dom.js";

/** @typedef {{ mood: Mood, share: number }} Share From 0 to 1. */

const LEAST = 0.005; // of the whole; less would be a legend without a bar

/**
 * How many of the faces show what: the most frequent first, `uncertain` last.
 *
 * @param {Mood[]} faces A mood for each.
 * @param {Mood[]} moods All there are.
 * @returns {Share[]}
 */
export function countShares(faces, moods) {
  const count = (/** @type {Mood} */ mood) =>
    faces.filter((each) => each === mood).length / faces.length;
  const shares = moods.map((mood) => ({ mood, share: count(mood) }));
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
 * The same, the largest first.
 *
 * @param {Share[]} shares
 */
export const bySize = (shares) => [...shares].sort((a, b) => b.share - a.share);

/**
 * @param {HTMLElement} bar
 * @param {Share[]} shares
 * @param {Looks} looks
 */
export function drawBar(bar, shares, looks) {
  bar.replaceChildren(
    ...shares.map(({ mood, share }) => {
      const piece = looks.paint(make("span"), mood);
      piece.style.flexGrow = String(share);
      return piece;
    }),
  );
}

/**
 * @param {HTMLElement} legend
 * @param {Share[]} shares
 * @param {Looks} looks
 * @param {Words} words
 * @param {(mood: Mood) => string} nameOf
 */
export function drawLegend(legend, shares, looks, words, nameOf) {
  legend.replaceChildren(
    ...shares.map(({ mood, share }) => {
      const item = make("li", { "data-mood": mood });
      item.append(`${nameOf(mood)} `, make("b", {}, words.percent(share)));
      return looks.paint(item, mood);
    }),
  );
}
