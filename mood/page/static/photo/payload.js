// A photo as the server wants it: small enough, and in memory where the browser can open it.

/** @import { Payload } from "../shared/types.d.ts" */
/** @import { Patience } from "../shared/patience.js" */
/** @import { Words } from "../shared/words.js" */

import { make } from "../shared/dom.js";
import { fitPhoto, toJpeg } from "../shared/jpeg.js";
import { pauseFor } from "../shared/patience.js";

const SENT_AS_IS = 1_000_000; // bytes: larger photos are scaled down here, which saves the upload
const PLAIN = ["image/jpeg", "image/png", "image/webp"];

const AGAIN_AFTER_S = [3, 10]; // an upload that failed: Gradio does not hand on why

/** @typedef {(file: File) => Promise<{ path: string }>} Upload */

/**
 * @param {File} file
 * @param {number} maxSide Pixels that the server makes use of.
 * @param {Upload} upload For what the browser cannot open.
 * @returns {Promise<Payload>}
 */
export async function makePayload(file, maxSide, upload) {
  if (PLAIN.includes(file.type) && file.size <= SENT_AS_IS) return { image: await dataUrl(file) };
  try {
    return { image: await redraw(file, maxSide) };
  } catch {
    return { path: (await upload(file)).path };
  }
}

/**
 * An upload that is tried twice more where it fails.
 *
 * @param {Upload} upload
 * @param {Words} words
 * @param {Pick<Patience, "sleep">} patience
 * @param {(sentence: string) => void} waiting Says that it is tried again; an empty text ends that.
 * @returns {Upload}
 */
export function stubborn(upload, words, patience, waiting) {
  return async (file) => {
    for (const seconds of AGAIN_AFTER_S) {
      try {
        return await upload(file);
      } catch {
        waiting(words.say("upload_again"));
        await patience.sleep(pauseFor(seconds));
        waiting("");
      }
    }
    return upload(file);
  };
}

/**
 * @param {File} file
 * @param {number} maxSide
 */
async function redraw(file, maxSide) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const address = toJpeg(make("canvas"), image, fitPhoto(image, maxSide), 0.92);
  image.close();
  return address;
}

/**
 * @param {File} file
 * @returns {Promise<string>}
 */
function dataUrl(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });
}
