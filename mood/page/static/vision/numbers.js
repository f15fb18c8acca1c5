// Numbers as Python rounds and writes them: what is saved here is what the server would have saved.

const { fround } = Math;

/**
 * Python's `round`: of two that are equally near, the even one.
 *
 * @param {number} value
 * @param {number} [digits] Behind the point.
 */
export function rounded(value, digits = 0) {
  const halves = value * 2 ** (digits + 1); // an odd number of these is a tie, and only that
  if (Number.isInteger(halves) && halves % 2 !== 0) {
    const below = Math.floor(value * 10 ** digits);
    return (below + Math.abs(below % 2)) / 10 ** digits;
  }
  return Number(value.toFixed(digits));
}

/**
 * Python's `repr` of a float of such a size as ours.
 *
 * @param {number} value
 */
export const written = (value) =>
  Number.isInteger(value) ? `${Object.is(value, -0) ? "-0" : value}.0` : String(value);

/**
 * The middle of a number and another one, as NumPy's float32 has it.
 *
 * @param {number} a
 * @param {number} b
 */
export const middle = (a, b) => fround(a + b) / 2;
