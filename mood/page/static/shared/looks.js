// How verdicts look and read: a colour, a symbol and a word for each.

/** @import { Expression, Palette, Verdict } from "./types.d.ts" */
/** @import { Words } from "./words.js" */

/** @typedef {ReturnType<typeof createLooks>} Looks */

const UNCERTAIN = "uncertain";

/**
 * What is said of a face.
 *
 * @param {Expression | null} expression Null where the network is not certain.
 * @returns {Verdict}
 */
export const verdictOf = (expression) => expression ?? UNCERTAIN;

/**
 * @param {Palette} palette
 * @param {Words} words
 */
export function createLooks(palette, words) {
  const verdicts = /** @type {Verdict[]} */ (Object.keys(palette));
  return {
    /** All there are, in the order of the wire. */
    expressions: /** @type {Expression[]} */ (verdicts.filter((name) => name !== UNCERTAIN)),
    /** The same and `uncertain`, which comes last. */
    verdicts,

    /** @param {Verdict} verdict */
    of: (verdict) => palette[verdict],

    /**
     * Symbol and word.
     *
     * @param {Verdict} verdict
     */
    title: (verdict) => `${palette[verdict].symbol} ${words.say(verdict)}`,

    /**
     * Gives a node the colours of a verdict; where it is uncertain, the class `unsure` as well.
     *
     * @template {HTMLElement} Node
     * @param {Node} node
     * @param {Verdict} verdict
     * @returns {Node}
     */
    paint: (node, verdict) => {
      node.style.setProperty("--colour", palette[verdict].colour);
      node.style.setProperty("--ink", palette[verdict].ink);
      node.classList.toggle("unsure", verdict === UNCERTAIN);
      return node;
    },
  };
}
