// The pixels of a picture, at most as large as frames are that a server gets.

/** @import { Size } from "./boxes.js" */

import { fitWithin } from "./boxes.js";

const SIDE = 640; // pixels of the longer side

/** @typedef {{ pixels: Uint8ClampedArray, size: Size }} Pixels */

export function createPaper() {
  /** @type {OffscreenCanvasRenderingContext2D | null} */
  let context = null;

  return {
    /**
     * @param {ImageBitmap | VideoFrame} picture
     * @returns {Pixels} RGBA.
     */
    read(picture) {
      const size = fitWithin(sizeOf(picture), SIDE);
      const { width, height } = size;
      if (context?.canvas.width !== width || context.canvas.height !== height) {
        context = new OffscreenCanvas(width, height).getContext("2d", {
          willReadFrequently: true,
        });
      }
      if (!context) throw new Error("This browser draws nothing outside of a page.");
      context.drawImage(picture, 0, 0, width, height);
      return { pixels: context.getImageData(0, 0, width, height).data, size };
    },
  };
}

/**
 * @param {ImageBitmap | VideoFrame} picture
 * @returns {Size}
 */
function sizeOf(picture) {
  if ("displayWidth" in picture) {
    return { width: picture.displayWidth, height: picture.displayHeight };
  }
  return { width: picture.width, height: picture.height };
}
