// What is shown of an answer, as the visitor's settings want it: they act here, without a second
// reading. The rules are the server's own; tests/data/settled.json holds cases of both.

/** @import { Answer, Box, Expression, Face, Options, Verdict } from "./types.d.ts" */

/** @typedef {Pick<Options, "certainty" | "smallest_face" | "expressions" | "show_unreadable">} Wish */

const LEAST = 1e-9; // probability of what counts and is known: all of them together may have none

/**
 * What to ask the server for: as much as the settings may want later. Faces lower than those that
 * are wanted now are not looked for.
 *
 * @template {Wish} Wanted
 * @param {Wanted} wanted
 * @returns {Wanted}
 */
export const asked = (wanted) => ({
  ...wanted,
  certainty: 0,
  expressions: [],
  show_unreadable: true,
});

/**
 * Probabilities of the expressions that count, made to sum to 1; the others have none.
 *
 * @param {readonly number[]} shares From 0 to 1, one for each of `names`.
 * @param {readonly Expression[]} names
 * @param {readonly Expression[]} counted Empty means all, and so does what the network knows none of.
 * @param {readonly Expression[]} unknown What the network was never taught.
 * @returns {readonly number[]}
 */
export function considered(shares, names, counted, unknown = []) {
  const kept = names.map((name, at) =>
    counted.includes(name) && !unknown.includes(name) ? Math.max(shares[at], LEAST) : 0,
  );
  const sum = kept.reduce((all, each) => all + each, 0);
  return sum > 0 ? kept.map((each) => each / sum) : shares;
}

/**
 * What may be said of a face whose expressions have these probabilities.
 *
 * @param {readonly number[]} shares From 0 to 1.
 * @param {Verdict} verdict What was said of it before: what cannot be read stays so.
 * @param {number} certainty Probability from which on the top one is certain.
 * @returns {Verdict}
 */
export function judged(shares, verdict, certainty) {
  if (verdict === "unreadable") return verdict;
  return Math.max(...shares) >= certainty ? "certain" : "uncertain";
}

/**
 * @param {Answer} answer To what `asked` makes of these settings.
 * @param {Wish} wish
 * @returns {Answer}
 */
export function settled(answer, wish) {
  const certainty = wish.certainty || answer.certainty;
  const tall = answer.faces.filter((face) => heightOf(face.bbox_xyxy) >= wish.smallest_face);
  const told = tall.filter(({ verdict }) => wish.show_unreadable || verdict !== "unreadable");
  return {
    ...answer,
    certainty,
    faces: told.map((face) => settledFace(face, wish.expressions, certainty)),
    // Those that were not read are smaller than those that were: they are left out with these.
    more_faces: tall.length < answer.faces.length ? 0 : answer.more_faces,
    turned_deg: tall.length ? answer.turned_deg : 0,
  };
}

/**
 * @param {Face} face
 * @param {readonly Expression[]} expressions
 * @param {number} certainty
 * @returns {Face}
 */
function settledFace(face, expressions, certainty) {
  const names = /** @type {Expression[]} */ (Object.keys(face.probabilities));
  const shares = considered(face.exact, names, expressions, face.unknown);
  const verdict = judged(shares, face.verdict, certainty);
  const probability = Math.max(...shares);
  const top = names[shares.indexOf(probability)];
  const each = names.map((name, at) => [name, cut(shares[at])]);
  return {
    ...face,
    verdict,
    top,
    expression: verdict === "certain" ? top : null,
    probability: cut(probability),
    certain: verdict === "certain",
    probabilities: Object.fromEntries(each),
  };
}

/**
 * Pixels, as the server rounds them.
 *
 * @param {Box} box
 */
export const heightOf = ([, top, , bottom]) => Math.round(10 * (bottom - top)) / 10;

/**
 * A probability as it is handed out: four digits, the others cut off, and 0.9999 at most.
 *
 * @param {number} probability
 */
export const cut = (probability) =>
  Math.min(Math.floor(Number((10_000 * probability).toFixed(2))) / 10_000, 0.9999);
