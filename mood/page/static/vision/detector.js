// The detector YuNet: the graph that mood/training/detector.py writes, of kernels of the engine.

/** @import { Kernels } from "./kernels.d.ts" */
/** @import { Memory } from "./memory.js" */

import { createCursor } from "./memory.js";

const STEM = 1; // reads the picture by the first convolution
const POOLS = 2; // halves its result
const LINEAR = 4; // keeps what is below zero
const STEM_WEIGHTS = 28 * 16;
const SPARE = 3 * 64 * 4; // bytes behind a map, which kernels may read and write

/** Channels before and after each unit: five stages, the neck, the heads; see mood/models/flat.py. */
const UNITS = [
  ...[
    [16, 16],
    [16, 16],
    [16, 32],
    [32, 32],
    [32, 64],
  ],
  ...Array.from({ length: 9 }, () => [64, 64]),
  ...Array.from({ length: 3 }, () => [64, 16]),
];

/** @type {(side: number) => number} */
export const padded = (side) => Math.ceil(side / 32) * 32;

/** @param {{ width: number, height: number }} picture How many bytes a look at it takes. */
export const spaceFor = ({ width, height }) => 23 * padded(width) * padded(height) + 6 * SPARE;

/**
 * @param {Kernels} kernels
 * @param {Memory} memory
 * @param {ArrayBuffer} file
 */
export function createDetector(kernels, memory, file) {
  const cursor = createCursor(file);
  const units = UNITS.map(([before, after], index) => {
    const count = (before + 9 + 2) * after + (index ? 0 : STEM_WEIGHTS);
    return { before, after, weights: memory.keep(cursor.floats(count)) };
  });
  cursor.end();

  /**
   * What the network tells of each place of a picture that is padded black.
   *
   * @param {number} picture Where it is.
   * @param {{ width: number, height: number }} size
   * @param {number} space {@link spaceFor} so many bytes.
   */
  return function look(picture, size, space) {
    const [width, height] = [padded(size.width), padded(size.height)];
    const places = (width * height) / 64; // of the first grid
    let end = space;
    /** @type {(floats: number) => number} */
    const map = (floats) => {
      const at = end;
      end += 4 * floats + SPARE;
      return at;
    };
    const [a, b] = [map(128 * places), map(128 * places)];
    const [eighth, sixteenth, last] = [map(64 * places), map(16 * places), map(4 * places)];
    const told = map(21 * places);
    const told16 = told + 64 * places;
    const told32 = told16 + 16 * places;

    /** @type {(index: number, from: number, step: number, to: number, kind?: number) => void} */
    function unit(index, from, step, to, kind = 0) {
      const { before, after, weights } = units[index];
      const [w, h] = [width / step, height / step];
      kernels.unit(weights, before, after, from, size.width, size.height, w, h, to, kind);
    }
    unit(0, picture, 2, a, STEM | POOLS);
    unit(1, a, 4, b);
    unit(2, b, 4, a);
    unit(3, a, 4, b);
    unit(4, b, 4, a, POOLS);
    unit(5, a, 8, b);
    unit(6, b, 8, eighth);
    kernels.halve(eighth, width / 8, height / 8, 64, a);
    unit(7, a, 16, b);
    unit(8, b, 16, sixteenth);
    kernels.halve(sixteenth, width / 16, height / 16, 64, a);
    unit(9, a, 32, b);
    unit(10, b, 32, last);
    unit(13, last, 32, a);
    unit(16, a, 32, told32, LINEAR);
    kernels.merge(a, sixteenth, width / 16, height / 16, 64);
    unit(12, sixteenth, 16, b);
    unit(15, b, 16, told16, LINEAR);
    kernels.merge(b, eighth, width / 8, height / 8, 64);
    unit(11, eighth, 8, a);
    unit(14, a, 8, told, LINEAR);
    return memory.floats(told, 21 * places);
  };
}
