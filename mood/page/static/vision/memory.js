// Where things lie in the engine's memory: weights and maps of faces first, which stay, and behind
// them what one frame needs.

/** @import { Kernels } from "./kernels.d.ts" */

const PAGE = 65536;

/** @typedef {ReturnType<typeof createMemory>} Memory */

/** @param {Kernels} kernels */
export function createMemory({ memory, free_from }) {
  let end = aligned(free_from());

  /** @param {number} until Bytes that there must be; more than the module allows is a RangeError. */
  function reach(until) {
    const missing = until - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  }

  /** @param {number} bytes That stay taken. */
  function take(bytes) {
    const at = end;
    end = aligned(at + bytes);
    reach(end);
    return at;
  }

  return {
    take,

    /** @param {Float32Array | Int32Array | Int16Array} values To keep; where they are then. */
    keep(values) {
      const at = take(values.byteLength);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      new Uint8Array(memory.buffer, at).set(bytes);
      return at;
    },

    /** @param {number} bytes For one frame, until this is asked again. */
    rest(bytes) {
      reach(end + bytes);
      return end;
    },

    // Views are lost when the memory grows: they are made anew for each use.

    /** @type {(at: number, count: number) => Uint8Array<ArrayBuffer>} */
    bytes: (at, count) => new Uint8Array(memory.buffer, at, count),
    /** @type {(at: number, count: number) => Float32Array<ArrayBuffer>} */
    floats: (at, count) => new Float32Array(memory.buffer, at, count),
    /** @type {(at: number, count: number) => Float64Array<ArrayBuffer>} */
    doubles: (at, count) => new Float64Array(memory.buffer, at, count),
  };
}

/** @param {number} address */
const aligned = (address) => Math.ceil(address / 16) * 16;

/**
 * Reads arrays that follow each other in a file of weights, each from a multiple of 16 bytes on.
 *
 * @param {ArrayBuffer} file
 */
export function createCursor(file) {
  let at = 0;

  /** @param {number} bytes */
  function next(bytes) {
    const here = at;
    at = aligned(at + bytes);
    if (at > file.byteLength) throw new Error("a file of weights is too short");
    return here;
  }

  return {
    /** @param {number} count */
    floats: (count) => new Float32Array(file, next(4 * count), count),
    /** @param {number} count */
    bytes: (count) => new Int8Array(file, next(count), count),
    end() {
      if (at !== file.byteLength) throw new Error("a file of weights is too long");
    },
  };
}
