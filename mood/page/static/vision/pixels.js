// The pixels of a picture, at most as large as frames are that a server gets.

/** @import { Size } from "./boxes.js" */

import { fitWithin } from "./boxes.js";

const SIDE = 640; // pixels of the longer side

/** @typedef {{ pixels: Uint8ClampedArray, size: Size }} Pixels */

export function createPaper() {
  let pixels = new Uint8ClampedArray(0);
  let copies = true; // whether this browser copies the pixels of a frame as RGBA
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  let context = null;

  /**
   * Without a canvas between: less than half the time.
   *
   * @param {VideoFrame} frame
   * @param {Size} size Its own.
   */
  async function copied(frame, { width, height }) {
    const length = 4 * width * height;
    if (pixels.length !== length) pixels = new Uint8ClampedArray(length);
    await frame.copyTo(pixels, { format: "RGBA" });
    return pixels;
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
      if (copies && "copyTo" in picture && isAsShown(picture, size)) {
        try {
          return { pixels: await copied(picture, size), size };
        } catch {
          copies = false; // an older browser knows no RGBA here
        }
      }
      return { pixels: drawn(picture, size), size };
    },
  };
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
