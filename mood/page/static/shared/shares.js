// How a whole divides among the verdicts: a stacked bar with its legend.

/** @import { Summary, Verdict } from "./types.d.ts" */
/** @import { Looks } from "./looks.js" */
/** @import { Words } from "./words.js" */

import { make } from "./dom.js";

/** @typedef {{ verdict: Verdict, share: number }} Share From 0 to 1. */

const LEAST = 0.005; // of the whole; less would be a legend without a bar

/**
 * How many of the faces show what: the most frequent first, `uncertain` last.
 *
 * @param {Verdict[]} faces A verdict for each.
 * @param {Verdict[]} verdicts All there are.
 * @returns {Share[]}
 */
export function countShares(faces, verdicts) {
  const count = (/** @type {Verdict} */ verdict) =>
    faces.filter((each) => each === verdict).length / faces.length;
  const shares = verdicts.map((verdict) => ({ verdict, share: count(verdict) }));
  const last = (/** @type {Share} */ { verdict }) => Number(verdict === "uncertain");
  return shares
    .filter(({ share }) => share > 0)
    .sort((a, b) => last(a) - last(b) || b.share - a.share);
}

/**
 * How much of a session showed what, in an order that stays; what is too little is left out.
 *
 * @param {Summary} summary
 * @param {Verdict[]} verdicts All there are.
 * @returns {Share[]}
 */
export function timeShares(summary, verdicts) {
  /** @type {Partial<Record<Verdict, number>>} */
  const parts = { ...summary.shares, uncertain: summary.uncertain };
  return verdicts
    .map((verdict) => ({ verdict, share: parts[verdict] ?? 0 }))
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
    ...shares.map(({ verdict, share }) => {
      const piece = looks.paint(make("span"), verdict);
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
 * @param {(verdict: Verdict) => string} nameOf
 */
export function drawLegend(legend, shares, looks, words, nameOf) {
  legend.replaceChildren(
    ...shares.map(({ verdict, share }) => {
      const item = make("li", { "data-mood": verdict });
      item.append(`${nameOf(verdict)} `, make("b", {}, words.percent(share)));
      return looks.paint(item, verdict);
    }),
  );
}
