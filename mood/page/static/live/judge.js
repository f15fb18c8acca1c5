// What is shown of the faces of a video, as the visitor's settings want it.

/** @import { Expression, LiveFace, Settings } from "../shared/types.d.ts" */

import { readable } from "../shared/looks.js";
import { considered, heightOf, judged } from "../shared/settled.js";

/**
 * A face with the probabilities of what counts, and with all it had.
 *
 * @typedef {LiveFace & { all: readonly number[] }} Shown
 */

/**
 * @param {LiveFace[]} faces As the server tells them.
 * @param {readonly Expression[]} names In the order of the probabilities.
 * @param {Settings} wish
 * @returns {Shown[]} Those to show.
 */
export const shownOf = (faces, names, wish) =>
  faces
    .filter((face) => heightOf(face.box) >= wish.smallest_face)
    .filter((face) => wish.show_unreadable || readable(face))
    .map((face) => {
      const shares = considered(face.shares, names, wish.expressions);
      return { ...face, shares, all: face.shares };
    });

/**
 * The same face, where it was judged by other settings before.
 *
 * @template {Pick<LiveFace, "shares" | "verdict" | "expression">} Judged
 * @param {Judged} face With all probabilities.
 * @param {readonly Expression[]} names
 * @param {Settings} wish
 * @param {number} certainty Probability from which on the network is certain by itself.
 * @returns {Judged}
 */
export function judgedAnew(face, names, wish, certainty) {
  const shares = considered(face.shares, names, wish.expressions);
  const verdict = judged(shares, face.verdict, wish.certainty || certainty);
  const top = names[shares.indexOf(Math.max(...shares))];
  return { ...face, verdict, expression: verdict === "certain" ? top : null };
}
