// The two networks that read a face, of kernels of the engine: residual networks whose blocks are two
// convolutions, squeeze and excitation, and a short cut; see mood/training/network.py.

/** @import { Kernels } from "./kernels.d.ts" */
/** @import { Memory } from "./memory.js" */

import { createCursor } from "./memory.js";
import { transformed, widened } from "./winograd.js";

const LOWEST = -3e38; // no number is lower
const WIDEST = 176; // channels
const SIDE = 48;

/** Of `readable` and of `mini`: side of the input, channels before and after, step. */
const FLOATS = [
  [24, 16, 16, 2],
  [12, 16, 16, 1],
  [12, 16, 48, 2],
];
const INTEGERS = [
  [48, 16, 32, 2],
  [24, 32, 32, 1],
  [24, 32, 80, 2],
  [12, 80, 80, 1],
  [12, 80, 176, 2],
  [6, 176, 176, 1],
];

/** @typedef {ReturnType<typeof createCursor>} Cursor */
/** @typedef {{ weights: Float32Array, bias: Float32Array }} Layer */

/**
 * A layer of few numbers, copied: a view would keep the whole file in memory.
 *
 * @type {(cursor: Cursor, inputs: number, outs: number) => Layer}
 */
const readLayer = (cursor, inputs, outs) => ({
  weights: cursor.floats(inputs * outs).slice(),
  bias: cursor.floats(outs).slice(),
});

/** @type {(layer: Layer, values: ArrayLike<number>) => number[]} */
const through = ({ weights, bias }, values) =>
  Array.from(bias, (sum, out) => {
    for (let at = 0; at < values.length; at++)
      sum += values[at] * weights[out * values.length + at];
    return sum;
  });

/** What squeeze and excitation makes of the means of the channels. */
/** @type {(layers: Layer[], means: ArrayLike<number>) => number[]} */
function excited([down, up], means) {
  const hidden = through(down, means).map((value) => Math.max(0, value));
  return through(up, hidden).map((value) => 1 / (1 + Math.exp(-value)));
}

/** @type {(side: number, channels: number) => number} */
const sizeOf = (side, channels) => (side + 2) ** 2 * channels;

/**
 * @param {Kernels} kernels
 * @param {Memory} memory
 * @param {ArrayBuffer} file
 */
export function createReadable(kernels, memory, file) {
  const cursor = createCursor(file);
  /** @type {(inputs: number, outs: number) => number} */
  const convolution = (inputs, outs) => memory.keep(cursor.floats((inputs + 1) * outs));
  const stem = convolution(9, 16);
  const blocks = FLOATS.map(([side, c, outs, step]) => ({
    ...{ side, c, outs, step },
    first: convolution(9 * c, outs),
    second: convolution(9 * outs, outs),
    short: step === 2 ? convolution(4 * c, outs) : 0,
    excite: [readLayer(cursor, outs, outs / 8), readLayer(cursor, outs / 8, outs)],
  }));
  const head = readLayer(cursor, 48, 1);
  cursor.end();
  const maps = [0, 1, 2, 3].map(() => memory.take(4 * sizeOf(24, 16) + 64));
  const [means, shares] = [memory.take(8 * WIDEST), memory.take(4 * WIDEST)];

  /** @param {number} face Where the standardised crop is, with its border. */
  return function readable(face) {
    let [x, y, z] = maps;
    const other = maps[3];
    kernels.convolve(face, SIDE, 1, 3, 2, stem, 16, 0, x);
    for (const { side, c, outs, step, first, second, short, excite } of blocks) {
      const half = side / step;
      kernels.convolve(x, side, c, 3, step, first, outs, 0, y);
      kernels.convolve(y, half, outs, 3, 1, second, outs, LOWEST, z);
      if (short) kernels.convolve(x, side, c, 2, 2, short, outs, LOWEST, other);
      kernels.average(z, 0, half, outs, means);
      memory.floats(shares, outs).set(excited(excite, memory.doubles(means, outs)));
      kernels.weigh(z, shares, short ? other : x, half, outs);
      [x, y, z] = [z, x, y];
    }
    kernels.average(x, 0, 6, 48, means);
    return through(head, memory.doubles(means, 48))[0];
  };
}

/**
 * @param {Kernels} kernels
 * @param {Memory} memory
 * @param {ArrayBuffer} file
 */
export function createMini(kernels, memory, file) {
  const cursor = createCursor(file);
  /** @type {(inputs: number, outs: number, taps: number, step: number) => { weights: number, factors: number }} */
  const convolution = (inputs, outs, taps, step) => {
    const kept = cursor.bytes(taps * inputs * outs);
    const weights = memory.keep(step === 2 ? widened(kept) : transformed(kept));
    return { weights, factors: memory.keep(cursor.floats(2 * outs)) };
  };
  const stem = memory.keep(cursor.floats(10 * 16));
  const [stemScale] = cursor.floats(1);
  const blocks = INTEGERS.map(([side, c, outs, step]) => {
    const first = convolution(c, outs, 9, step);
    const second = convolution(outs, outs, 9, 1);
    const short = step === 2 ? convolution(c, outs, 4, 2) : null;
    const excite = [readLayer(cursor, outs, outs / 8), readLayer(cursor, outs / 8, outs)];
    const numbers = cursor.floats(9);
    const [zero, , , , , , scale, shareScale, shortZero] = numbers;
    const rest = { excite, numbers: memory.keep(numbers), zero, scale, shareScale, shortZero };
    return { side, c, outs, step, first, second, short, ...rest };
  });
  const [scale] = cursor.floats(1);
  const head = readLayer(cursor, WIDEST, 8);
  cursor.end();
  const bytes = 2 * 2 * sizeOf(SIDE, 16); // of the largest maps of two faces
  const maps = [0, 1, 2, 3, 4].map(() => memory.take(bytes));
  const [means, shares] = [memory.take(8 * WIDEST), memory.take(4 * WIDEST)];

  /**
   * @param {number[]} faces Where standardised crops are, with their borders: one or two.
   * @returns {number[][]} Logits of each.
   */
  return function mini(faces) {
    const views = faces.length;
    let [x, y] = maps;
    const [, , inner, outer, other] = maps;
    memory.bytes(x, bytes).fill(0);
    faces.forEach((face, view) => {
      kernels.first(face, stem, stemScale, x + 2 * view * sizeOf(SIDE, 16));
    });
    for (const { side, c, outs, step, first, second, short, ...block } of blocks) {
      const half = side / step;
      const size = 2 * sizeOf(half, outs);
      for (const map of [inner, y]) memory.bytes(map, views * size).fill(0);
      if (step === 2)
        kernels.stride(x, side, c, 3, first.weights, first.factors, 0, outs, views, inner);
      else kernels.winograd(x, side, c, first.weights, first.factors, 0, outs, views, inner);
      kernels.winograd(
        inner,
        half,
        outs,
        second.weights,
        second.factors,
        block.zero,
        outs,
        views,
        outer,
      );
      if (short) {
        kernels.stride(
          x,
          side,
          c,
          2,
          short.weights,
          short.factors,
          block.shortZero,
          outs,
          views,
          other,
        );
      }
      for (let view = 0; view < views; view++) {
        const map = outer + view * size;
        kernels.average(map, 1, half, outs, means);
        const real = memory.doubles(means, outs).map((mean) => (mean - block.zero) * block.scale);
        const weighs = excited(block.excite, real).map((share) => share / block.shareScale);
        memory.floats(shares, outs).set(weighs.map((share) => Math.min(255, Math.round(share))));
        const added = (short ? other : x) + view * size;
        kernels.weigh_whole(map, shares, added, half, outs, block.numbers, y + view * size);
      }
      [x, y] = [y, x];
    }
    return faces.map((_, view) => {
      kernels.average(x + 2 * view * sizeOf(6, WIDEST), 1, 6, WIDEST, means);
      return through(
        head,
        memory.doubles(means, WIDEST).map((mean) => mean * scale),
      );
    });
  };
}
