// The picture at which the visitor pressed Pause: shown, read, and opened as a photo.

import { make } from "../shared/dom.js";
import { fitWithin, toJpeg } from "../shared/jpeg.js";
import { clock } from "./session.js";

/** @typedef {ReturnType<typeof createStill>} Still */

const QUALITY = 0.92;

/**
 * @param {HTMLVideoElement} video
 * @param {HTMLCanvasElement} canvas Shown over it while the picture stands.
 */
export function createStill(video, canvas) {
  return {
    /**
     * Keeps what the camera sees now.
     *
     * @returns {boolean} Whether it sees anything yet.
     */
    freeze() {
      if (!video.videoWidth) return false;
      canvas.width = video.videoWidth;
      canvas.height = video.videoHeight;
      canvas.getContext("2d")?.drawImage(video, 0, 0);
      canvas.hidden = false;
      return true;
    },

    release() {
      canvas.hidden = true;
    },

    /**
     * A small copy as a data URL, for the server to find faces in.
     *
     * @param {number} side Most pixels of the longer side.
     */
    take: (side) => toJpeg(make("canvas"), canvas, fitWithin(canvas, side), 0.8),

    /** The same for a worker. */
    grab: () => createImageBitmap(canvas),

    /**
     * As the camera saw it, not mirrored.
     *
     * @param {string} [name]
     * @returns {Promise<File | null>} Null where this browser makes no file of it.
     */
    async photo(name = nameAt(new Date())) {
      const content = await new Promise((/** @type {(blob: Blob | null) => void} */ done) =>
        canvas.toBlob(done, "image/jpeg", QUALITY),
      );
      return content && new File([content], name, { type: content.type });
    },
  };
}

/**
 * The name of a photo of a moment of the day.
 *
 * @param {Date} now
 */
export const nameAt = (now) =>
  `camera-${[now.getHours(), now.getMinutes(), now.getSeconds()]
    .map((each) => String(each).padStart(2, "0"))
    .join("-")}.jpg`;

/**
 * The name of a photo of a moment of a film.
 *
 * @param {string} film The name of its file.
 * @param {number} time In seconds.
 */
export const nameIn = (film, time) =>
  `${film.replace(/\.\w+$/, "")}-${clock(time).replace(":", "-")}.jpg`;
