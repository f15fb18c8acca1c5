// The pictures of the one video of the tab, whichever source it shows: a camera, or a film.

import { make } from "../shared/dom.js";
import { fitWithin, isReadBack, toJpeg } from "../shared/jpeg.js";
import { sleep } from "../shared/patience.js";

/** @typedef {ReturnType<typeof createPictures>} Pictures */

const EVERY_MS = 1000 / 30; // where the browser does not say when there is a new one
const STILL_MS = 200; // after which a camera that stands still has its picture read again

/** @param {HTMLVideoElement} video */
export function createPictures(video) {
  const paper = make("canvas");
  const announced = typeof video.requestVideoFrameCallback === "function";
  let fresh = false; // there is a picture that was not taken yet
  let shown = 0; // its time in the film, in seconds
  /** @type {(value?: unknown) => void} */
  let wake = () => {};

  /**
   * @param {number} _
   * @param {{ mediaTime: number }} picture
   */
  function onPicture(_, { mediaTime }) {
    fresh = true;
    shown = mediaTime;
    wake();
    video.requestVideoFrameCallback(onPicture);
  }
  if (announced) video.requestVideoFrameCallback(onPicture);
  else video.addEventListener("seeked", () => wake());

  return {
    get width() {
      return video.videoWidth;
    },
    get height() {
      return video.videoHeight;
    },

    /** Seconds of the film, of the picture that is shown. */
    get time() {
      return announced ? shown : video.currentTime;
    },

    /** Whether this browser lets the page see them, and not noise instead. */
    readBack: () => isReadBack(paper),

    /** Resolves when there is a picture that was not taken yet. */
    async next() {
      if (!fresh && (announced || video.paused)) {
        const called = new Promise((done) => {
          wake = done;
        });
        // What a film shows while it stands was read already.
        await Promise.race(video.srcObject ? [called, sleep(STILL_MS)] : [called]);
      }
      if (!announced) await sleep(EVERY_MS);
      fresh = false;
    },

    /**
     * What is seen, as a data URL.
     *
     * @param {number} side Most pixels of the longer side.
     */
    take(side) {
      const size = { width: video.videoWidth, height: video.videoHeight };
      return toJpeg(paper, video, fitWithin(size, side), 0.8);
    },

    /** What is seen, for a worker: nothing is copied where the browser can do without. */
    async grab() {
      try {
        return new VideoFrame(video);
      } catch {
        return createImageBitmap(video); // an older browser
      }
    },
  };
}
