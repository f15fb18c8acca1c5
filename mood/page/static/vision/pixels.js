// The pixels of a picture, at most as large as frames are that a server gets.

/** @import { Size } from "./boxes.js" */

import { fitWithin } from "./boxes.js";

const SIDE = 640; // pixels of the longer side

/** @typedef {{ pixels: Uint8ClampedArray, size: Size }} Pixels */

export function createPaper() {
  let pixels = new Uint8ClampedArray(0);
  const canCopy = copiesRgba();
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  let context = null;

  /**
   * Without a canvas between: less than half the time.
   *
   * @param {ImageBitmap | VideoFrame} picture
   * @param {Size} size
   * @returns {Promise<Uint8ClampedArray | null>} Null where it cannot be done.
   */
  async function copied(picture, size) {
    if (!("copyTo" in picture && isAsShown(picture, size) && (await canCopy))) return null;
    const length = 4 * size.width * size.height;
    if (pixels.length !== length) pixels = new Uint8ClampedArray(length);
    const done = picture.copyTo(pixels, { format: "RGBA" });
    return done.then(
      () => pixels,
      () => null,
    );
  }

  /**
   * @param {ImageBitmap | VideoFrame} picture
   * @param {Size} size
   */
  function drawn(picture, { width, height }) {
    if (context?.canvas.width !== width || context.canvas.height !== height) {
      const canvas = new OffscreenCanvas(width, height);
      context = canvas.getContext("2d", { willReadFrequently: true });
    }
    if (!context) throw new Error("This browser draws nothing outside of a page.");
    context.drawImage(picture, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  }

  return {
    /**
     * @param {ImageBitmap | VideoFrame} picture
     * @returns {Promise<Pixels>} RGBA, until the next picture is read.
     */
    async read(picture) {
      const size = fitWithin(sizeOf(picture), SIDE);
      return { pixels: (await copied(picture, size)) ?? drawn(picture, size), size };
    },
  };
}

/** Whether this browser copies pixels in the order that is asked for; older ones keep to theirs. */
async function copiesRgba() {
  if (!("VideoFrame" in globalThis)) return false;
  const red = new Uint8Array([0, 0, 255, 255]);
  const size = { codedWidth: 1, codedHeight: 1, timestamp: 0 };
  const frame = new VideoFrame(red, { format: "BGRA", ...size });
  try {
    await frame.copyTo(red, { format: "RGBA" });
    return red[0] === 255 && red[2] === 0;
  } catch {
    return false;
  } finally {
    frame.close();
  }
}

/**
 * Whether a frame holds just the pixels that are shown: neither scaled, nor turned, nor mirrored.
 *
 * @param {VideoFrame & { rotation?: number, flip?: boolean }} frame
 * @param {Size} size
 */
const isAsShown = ({ visibleRect, rotation, flip }, { width, height }) =>
  visibleRect?.width === width && visibleRect.height === height && !rotation && !flip;

/**
 * @param {ImageBitmap | VideoFrame} picture
 * @returns {Size}
 */
const sizeOf = (picture) =>
  "displayWidth" in picture
    ? { width: picture.displayWidth, height: picture.displayHeight }
    : { width: picture.width, height: picture.height };
