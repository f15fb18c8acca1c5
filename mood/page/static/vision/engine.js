// The engine: the kernels of wasm/engine.c with their networks, on one frame at a time. No DOM here.

/** @import { Kernels } from "./kernels.d.ts" */

import { enlarge, warp } from "./bilinear.js";
import { createDetector, padded, spaceFor } from "./detector.js";
import { greys, sharpnessOf, standardise, toneOf } from "./greys.js";
import { createMemory } from "./memory.js";
import { rounded } from "./numbers.js";
import { facesOf } from "./places.js";
import { createMini, createReadable } from "./readers.js";

const SIDE = 48; // of a face's crop
const LONGEST = 1920; // side of a frame, and of what is looked at
const MOST_PIXELS = 1920 * 1080; // of either
const SPARE = 64; // bytes behind a picture, which kernels may read

/** @typedef {Awaited<ReturnType<typeof createEngine>>} Engine */

/**
 * @param {object} files
 * @param {WebAssembly.Module | BufferSource} files.module `engine.wasm`.
 * @param {ArrayBuffer} files.detector Flat weights, as all.
 * @param {ArrayBuffer} files.mini
 * @param {ArrayBuffer | null} files.readable
 */
export async function createEngine(files) {
  const { module } = files;
  const made = module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module);
  const { exports } = await WebAssembly.instantiate(made);
  const kernels = /** @type {Kernels} */ (/** @type {unknown} */ (exports));
  const memory = createMemory(kernels);
  const find = createDetector(kernels, memory, files.detector);
  const mini = createMini(kernels, memory, files.mini);
  const readable = files.readable && createReadable(kernels, memory, files.readable);

  const grey = memory.take(SIDE * SIDE);
  const colours = memory.take(4 * SIDE * SIDE);
  const faceSize = (SIDE + 2) ** 2;
  const faces = [0, 1].map(() => memory.take(4 * faceSize + SPARE));

  let frame = 0; // where its pixels are
  let width = 0;
  let height = 0;

  const crop = () => memory.bytes(grey, SIDE * SIDE);
  const paint = () => greys(memory.bytes(colours, 4 * SIDE * SIDE), crop());

  /** @type {(wide: number, high: number) => void} */
  function check(wide, high) {
    const fits = wide > 0 && high > 0 && Math.max(wide, high) <= LONGEST;
    if (!fits || wide * high > MOST_PIXELS) throw new RangeError(`${wide} × ${high} pixels`);
  }

  /**
   * The whole frame at another size: where it is, and what is free behind it.
   *
   * @param {number} wide
   * @param {number} high
   * @param {number} more How many bytes are wanted there.
   */
  function resized(wide, high, more) {
    const own = 4 * width * height + SPARE;
    if (wide === width && high === height) {
      frame = memory.rest(own + more);
      return { picture: frame, space: frame + own };
    }
    const size = 4 * wide * high + SPARE;
    frame = memory.rest(own + size + more);
    const picture = frame + own;
    const space = picture + size;
    if (wide * high < width * height) {
      kernels.shrink(frame, width, height, 0, 0, width, height, picture, wide, high);
    } else throw new RangeError("a frame is not made larger");
    return { picture, space };
  }

  /** @param {boolean} mirrored */
  function face(mirrored) {
    const at = faces[Number(mirrored)];
    standardise(crop(), SIDE, mirrored, memory.floats(at, faceSize));
    return at;
  }

  /** The frame's size after it was shrunk by a whole step. @param {number} step */
  const shrunk = (step) => ({
    width: Math.max(1, rounded(width / step)),
    height: Math.max(1, rounded(height / step)),
  });

  return {
    /** The last crop, {@link SIDE} × {@link SIDE} grey pixels; it changes with the next one. */
    get crop() {
      return crop();
    },

    /**
     * Takes a frame, which all else refers to.
     *
     * @param {Uint8ClampedArray | Uint8Array} pixels RGBA by rows.
     * @param {number} wide
     * @param {number} high
     */
    frame(pixels, wide, high) {
      check(wide, high);
      if (pixels.length !== 4 * wide * high) throw new RangeError("not the frame's pixels");
      frame = memory.rest(pixels.length + SPARE);
      memory.bytes(frame, pixels.length).set(pixels);
      width = wide;
      height = high;
    },

    /**
     * Finds faces in the frame, made smaller to so many pixels.
     *
     * @param {number} wide
     * @param {number} high
     */
    look(wide, high) {
      check(wide, high);
      const size = { width: wide, height: high };
      const { picture, space } = resized(wide, high, spaceFor(size));
      const told = find(picture, size, space);
      return facesOf(told, { width: padded(wide), height: padded(high) });
    },

    /**
     * Cuts a crop out: whole pixels, the frame's edge repeated beyond its border.
     *
     * @param {number} left
     * @param {number} top
     * @param {number} right
     * @param {number} bottom
     */
    square(left, top, right, bottom) {
      const [l, t, r, b] = [left, top, right, bottom].map((value) => Math.floor(value + 0.5));
      const [w, h] = [Math.max(r - l, 1), Math.max(b - t, 1)];
      if (w * h >= SIDE * SIDE) {
        kernels.shrink(frame, width, height, l, t, w, h, colours, SIDE, SIDE);
      } else {
        const from = { bytes: memory.bytes(frame, 4 * width * height), width, height };
        enlarge(from, [l, t, l + w, t + h], SIDE, memory.bytes(colours, 4 * SIDE * SIDE));
      }
      paint();
    },

    /**
     * Cuts a crop out by a matrix (m00 m01 m02, m10 m11 m12) that leads from pixels of the frame to
     * those of the crop; of a frame that is shrunk by a whole `step` first.
     *
     * @param {number} step
     * @param {[number, number, number, number, number, number]} matrix
     */
    warp(step, ...matrix) {
      const size = step > 1 ? shrunk(step) : { width, height };
      const { picture } = resized(size.width, size.height, 0);
      const bytes = memory.bytes(picture, 4 * size.width * size.height);
      warp({ bytes, ...size }, matrix, SIDE, memory.bytes(colours, 4 * SIDE * SIDE));
      paint();
    },

    /** The logit that the crop is a face that can be read; not a number without the network. */
    readable: () => (readable ? readable(face(false)) : Number.NaN),

    /**
     * The logits of the expressions for the crop, in the order of the network's labels.
     *
     * @param {boolean} bothWays Whether they are the mean of those for it and for its mirror image.
     */
    mini(bothWays) {
      const [one, other] = mini(bothWays ? [face(false), face(true)] : [face(false)]);
      return Float32Array.from(one, (logit, at) => (other ? (logit + other[at]) / 2 : logit));
    },

    /** Deviation of the crop's second derivative in deviations of its greys. */
    sharpness: () => sharpnessOf(crop(), SIDE),

    /** How much the crop's greys differ, and the share of them that is white. */
    tone: () => toneOf(crop()),
  };
}
