// How moods look and read: a colour, a symbol and a word for each.

/** @import { Expression, Mood, Palette, Verdict } from "./types.d.ts" */
/** @import { Words } from "./words.js" */

import { make } from "./dom.js";
import { symbolOf, wearOnLogo } from "./symbols.js";

/** @typedef {ReturnType<typeof createLooks>} Looks */

const UNCERTAIN = "uncertain";

/**
 * Whether anything is to be said of a face.
 *
 * @param {{ verdict: Verdict }} face
 */
export const readable = ({ verdict }) => verdict !== "unreadable";

/**
 * What is said of those faces that can be read, one after the other.
 *
 * @param {readonly { verdict: Verdict, expression: Expression | null }[]} faces
 */
export const moodsOf = (faces) => faces.filter(readable).map((face) => moodOf(face.expression));

/**
 * What is said of a face that can be read.
 *
 * @param {Expression | null} expression Null where the network is not certain.
 * @returns {Mood}
 */
export const moodOf = (expression) => expression ?? UNCERTAIN;

/**
 * @param {Palette} palette
 * @param {Words} words
 */
export function createLooks(palette, words) {
  const moods = /** @type {Mood[]} */ (Object.keys(palette));
  return {
    /** All there are, in the order of the wire. */
    expressions: /** @type {Expression[]} */ (moods.filter((name) => name !== UNCERTAIN)),
    /** The same and `uncertain`, which comes last. */
    moods,

    /** @param {Mood} mood */
    of: (mood) => palette[mood],

    /**
     * Symbol and word, as a node.
     *
     * @param {Mood} mood
     */
    title: (mood) => make("span", {}, symbolOf(mood), words.say(mood)),

    /**
     * Has the logo make the face of the first that can be read; where there is none, its own.
     *
     * @param {{ verdict: Verdict, expression: Expression | null }[]} faces
     */
    wear: (faces) => {
      const face = faces.find(readable);
      wearOnLogo(face ? moodOf(face.expression) : null);
    },

    /**
     * Gives a node the colours of a mood; where it is uncertain, the class `unsure` as well.
     *
     * @template {HTMLElement} Node
     * @param {Node} node
     * @param {Mood} mood
     * @returns {Node}
     */
    paint: (node, mood) => {
      node.style.setProperty("--colour", palette[mood].colour);
      node.style.setProperty("--ink", palette[mood].ink);
      node.classList.toggle("unsure", mood === UNCERTAIN);
      return node;
    },
  };
}
