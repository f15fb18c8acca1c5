// What the engine is made of: fetched side by side, and looked at before it is trusted.

/** @import { Files, WeightsFile } from "./types.d.ts" */

/** Why there is no engine; the page says so in its own words. */
export class LoadError extends Error {
  /**
   * @param {"load" | "integrity" | "simd"} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @param {Files} files */
export async function fetchParts({ engine, detector, mini, readable }) {
  const [module, ...weights] = await Promise.all([
    compiled(engine),
    whole(detector),
    whole(mini),
    readable && whole(readable),
  ]);
  return { module, detector: weights[0], mini: weights[1], readable: weights[2] };
}

/** @param {string} url */
async function compiled(url) {
  const bytes = await fetched(url);
  if (!WebAssembly.validate(bytes)) throw new LoadError("simd", "This browser has no SIMD.");
  return WebAssembly.compile(bytes);
}

/** @param {WeightsFile} file */
async function whole({ url, sha256 }) {
  const bytes = await fetched(url);
  // Without https there is no digest; who could change the file could change this script as well.
  const digest = await globalThis.crypto?.subtle?.digest("SHA-256", bytes);
  if (digest && hexadecimal(digest) !== sha256) {
    throw new LoadError("integrity", `${url} is not what the server described.`);
  }
  return bytes;
}

/** @param {string} url */
async function fetched(url) {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new LoadError("load", `${url} could not be fetched.`);
  return response.arrayBuffer().catch(() => {
    throw new LoadError("load", `${url} could not be fetched whole.`);
  });
}

/** @param {ArrayBuffer} bytes */
const hexadecimal = (bytes) =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
