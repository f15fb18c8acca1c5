// How a whole divides among the moods: a stacked bar with its legend.

/** @import { Mood, Summary } from "./types.d.ts" */
/** @import { Looks } from "./looks.js" */

import { make } from "./dom.js";

/** @typedef {{ mood: Mood, share: number }} Share From 0 to 1. */

/** What a bar of its own is worth; what has less stands in one line with others. */
export const WORTH_A_BAR = 0.01;

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
 * @template {Share} Each
 * @param {HTMLElement} legend
 * @param {Each[]} shares
 * @param {Looks} looks
 * @param {(mood: Mood) => string} nameOf
 * @param {(share: Each) => string} worthOf
 */
export function drawLegend(legend, shares, looks, nameOf, worthOf) {
  legend.replaceChildren(
    ...shares.map((each) => {
      const item = make("li", { "data-mood": each.mood });
      item.append(`${nameOf(each.mood)} `, make("b", {}, worthOf(each)));
      return looks.paint(item, each.mood);
    }),
  );
}
