// Weights of `mini` as the engine's loops want them: in 16 bits, and those of 3 × 3 in steps of one as
// Winograd's F(2 × 2, 3 × 3) multiplies them.

/** @param {Int8Array} weights */
export const widened = (weights) => Int16Array.from(weights);

/**
 * Of kernels g of nine numbers: (2 G) g (2 G)ᵀ, whose sixteen numbers are whole.
 *
 * @param {Int8Array} kernels One behind the other.
 * @returns {Int16Array} The first number of all kernels, then the second of all.
 */
export function transformed(kernels) {
  const count = kernels.length / 9;
  const to = new Int16Array(16 * count);
  for (let at = 0; at < count; at++) {
    const [a, b, c, d, e, f, g, h, i] = kernels.subarray(9 * at, 9 * at + 9);
    const rows = [
      [2 * a, 2 * b, 2 * c],
      [a + d + g, b + e + h, c + f + i],
      [a - d + g, b - e + h, c - f + i],
      [2 * g, 2 * h, 2 * i],
    ];
    rows.forEach(([left, middle, right], row) => {
      const line = at + 4 * row * count;
      to[line] = 2 * left;
      to[line + count] = left + middle + right;
      to[line + 2 * count] = left - middle + right;
      to[line + 3 * count] = 2 * right;
    });
  }
  return to;
}
