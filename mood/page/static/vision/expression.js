// From what the network says to probabilities, as mood/vision/expression.py has them.

/** @import { Expression } from "../shared/types.d.ts" */
/** @import { MiniSpec } from "./types.d.ts" */

const { exp, fround } = Math;

/**
 * `softmax((logits + logit_bias) / temperature)`; expressions without a label get 0.
 *
 * @param {ArrayLike<number>} logits In the order of the labels.
 * @param {MiniSpec} spec
 * @param {readonly Expression[]} expressions
 * @param {number} side Pixels of the face's square.
 * @returns {number[]} float32, in the order of `expressions`.
 */
export function probabilities(logits, spec, expressions, side) {
  const divisor = temperature(spec, side);
  const values = spec.labels.map((_, at) => (logits[at] + (spec.logit_bias[at] ?? 0)) / divisor);
  const most = Math.max(...values);
  const weights = values.map((value) => exp(value - most));
  const sum = weights.reduce((all, each) => all + each, 0);
  return expressions.map((each) => {
    const at = spec.labels.indexOf(each);
    return at < 0 ? 0 : fround(weights[at] / sum);
  });
}

/**
 * A small face says less than the network believes: its temperature is higher.
 *
 * @param {MiniSpec} spec
 * @param {number} side
 */
function temperature({ temperature: usual, small_faces }, side) {
  if (!small_faces) return usual;
  const [more, reach] = small_faces;
  const less = fround(exp(fround(-side / fround(reach))));
  return fround(fround(usual) * fround(1 + fround(fround(more) * less)));
}
