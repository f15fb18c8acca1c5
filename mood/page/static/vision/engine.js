// The engine: wasm/engine.c with its networks, on one frame at a time. It knows no DOM.

/** @import { Box } from "../shared/types.d.ts" */

import { facesOf } from "./places.js";

const SIDE = 48; // of a face's crop
const MOST_PIXELS = 1920 * 1080; // of a frame
const LONGEST = 1920; // side of what is looked at
const WHITE = 250; // of 255

/**
 * @typedef {object} Find A face in pixels of the picture that was looked at.
 * @property {number} confidence 0 to 1.
 * @property {Box} box Left, top, right, bottom.
 * @property {[number, number][]} landmarks Five.
 */

/**
 * @typedef {object} Exports What the module gives; addresses are in bytes.
 * @property {WebAssembly.Memory} memory
 * @property {(width: number, height: number) => number} begin
 * @property {(width: number, height: number) => number} look
 * @property {(left: number, top: number, right: number, bottom: number) => void} square
 * @property {(width: number, height: number, ...matrix: number[]) => number} warp
 * @property {() => number} crop_at
 * @property {() => number} detector_at
 * @property {() => number} detector_load
 * @property {() => number} readable_at
 * @property {(loads: number) => number} readable
 * @property {() => number} mini_at
 * @property {() => number} mini_load
 * @property {(views: number) => number} mini
 */

/** @typedef {Awaited<ReturnType<typeof createEngine>>} Engine */

/**
 * @param {object} files
 * @param {WebAssembly.Module | BufferSource} files.module `engine.wasm`.
 * @param {ArrayBuffer} files.detector Flat weights, as all.
 * @param {ArrayBuffer} files.mini
 * @param {ArrayBuffer | null} files.readable
 */
export async function createEngine({ module, detector, mini, readable }) {
  const made = module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module);
  const { exports } = await WebAssembly.instantiate(made);
  const wasm = /** @type {Exports} */ (/** @type {unknown} */ (exports));

  /** @type {(from: ArrayBuffer, at: number, load: () => number) => void} */
  function fill(from, at, load) {
    const wanted = load();
    if (from.byteLength !== wanted)
      throw new Error(`${from.byteLength} bytes of weights, not ${wanted}`);
    new Uint8Array(wasm.memory.buffer, at, wanted).set(new Uint8Array(from));
    load();
  }
  fill(detector, wasm.detector_at(), wasm.detector_load);
  fill(mini, wasm.mini_at(), wasm.mini_load);
  if (readable) fill(readable, wasm.readable_at(), () => wasm.readable(1));

  let width = 0;
  let height = 0;

  /** @returns {Uint8Array} The grey crop, by rows; it changes with the next one. */
  const crop = () => new Uint8Array(wasm.memory.buffer, wasm.crop_at(), SIDE * SIDE);

  /** @param {number} done Nothing where there was no memory. */
  function sure(done) {
    if (!done) throw new RangeError("no memory for the frame");
    return done;
  }

  return {
    /** The last crop: {@link SIDE} × {@link SIDE} grey pixels. */
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
      if (!(wide > 0 && high > 0 && wide * high <= MOST_PIXELS)) {
        throw new RangeError(`a frame of ${wide} × ${high} pixels`);
      }
      if (pixels.length !== wide * high * 4) throw new RangeError("not the frame's pixels");
      const at = sure(wasm.begin(wide, high));
      new Uint8Array(wasm.memory.buffer, at, pixels.length).set(pixels);
      width = wide;
      height = high;
    },

    /**
     * Finds faces in the frame, resized to so many pixels.
     *
     * @param {number} wide
     * @param {number} high
     * @returns {Find[]} Most confident first, each face once.
     */
    look(wide, high) {
      if (
        !(wide > 0 && high > 0 && Math.max(wide, high) <= LONGEST && wide * high <= MOST_PIXELS)
      ) {
        throw new RangeError(`a look of ${wide} × ${high} pixels`);
      }
      const at = sure(wasm.look(wide, high));
      const padded = { width: Math.ceil(wide / 32) * 32, height: Math.ceil(high / 32) * 32 };
      return facesOf(new Float32Array(wasm.memory.buffer, at), padded);
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
      wasm.square(l, t, Math.max(r, l + 1), Math.max(b, t + 1));
    },

    /**
     * Cuts a crop out by a matrix (m00 m01 m02, m10 m11 m12) that leads from pixels of the frame to
     * those of the crop; of a frame that is shrunk by a whole `step` first, see {@link shrunk}.
     *
     * @param {number} step
     * @param {number[]} matrix
     */
    warp(step, ...matrix) {
      const size = step > 1 ? shrunk(step) : { width, height };
      sure(wasm.warp(size.width, size.height, ...matrix));
    },

    shrunk,

    /** The logit that the crop is a face that can be read; not a number without the network. */
    readable: () => (readable ? wasm.readable(0) : Number.NaN),

    /**
     * The logits of the expressions for the crop, in the order of the network's labels.
     *
     * @param {boolean} bothWays Whether they are the mean of those for it and for its mirror image.
     */
    mini: (bothWays) =>
      new Float32Array(wasm.memory.buffer, wasm.mini(bothWays ? 2 : 1), 8).slice(),

    /** Deviation of the crop's second derivative in deviations of its greys. */
    sharpness() {
      return deviation(derivative(crop())) / (deviation(crop()) + 1);
    },

    /** How much the crop's greys differ, and the share of them that is white. */
    tone() {
      const grey = crop();
      const white = grey.reduce((count, value) => count + Number(value >= WHITE), 0);
      return { deviation: deviation(grey), white: white / grey.length };
    },
  };

  /**
   * The frame's size after it was shrunk by a whole step, rounded as Python rounds.
   *
   * @param {number} step
   */
  function shrunk(step) {
    const [wide, high] = [width, height].map((side) => Math.max(1, roundToEven(side / step)));
    return { width: wide, height: high };
  }
}

/** @param {number} value */
function roundToEven(value) {
  const down = Math.floor(value);
  const rest = value - down;
  return rest < 0.5 || (rest === 0.5 && down % 2 === 0) ? down : down + 1;
}

/** @param {Uint8Array | Int16Array} values */
function deviation(values) {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
}

/**
 * The Laplacian of a crop, which is mirrored at its border.
 *
 * @param {Uint8Array} grey
 */
function derivative(grey) {
  const found = new Int16Array(grey.length);
  for (let y = 0; y < SIDE; y++) {
    const up = SIDE * (y ? y - 1 : 1);
    const low = SIDE * (y < SIDE - 1 ? y + 1 : SIDE - 2);
    for (let x = 0; x < SIDE; x++) {
      const left = x ? x - 1 : 1;
      const right = x < SIDE - 1 ? x + 1 : SIDE - 2;
      const here = SIDE * y;
      const around = grey[up + x] + grey[low + x] + grey[here + left] + grey[here + right];
      found[here + x] = around - 4 * grey[here + x];
    }
  }
  return found;
}
