// A photo as the server wants it: small enough, and in memory where the browser can open it.

/** @import { Payload } from "../shared/types.d.ts" */
/** @import { Patience } from "../shared/patience.js" */
/** @import { Words } from "../shared/words.js" */

import { make } from "../shared/dom.js";
import { fitPhoto, isReadBack, toJpeg } from "../shared/jpeg.js";
import { pauseFor } from "../shared/patience.js";

const SENT_AS_IS = 1_000_000; // bytes: larger photos are scaled down here, which saves the upload
const PLAIN = ["image/jpeg", "image/png", "image/webp"];

const HEAD = 65_536; // bytes of a file that say whether it is an animation

const AGAIN_AFTER_S = [3, 10]; // an upload that failed: Gradio does not hand on why

/** @typedef {(file: File) => Promise<{ path: string }>} Upload */

/** A file cannot be read any more: it was moved, deleted or changed since it was chosen. */
export class GoneError extends Error {}

/**
 * What to send of a photo; it fails with a `GoneError` where there is nothing to send any more.
 *
 * @param {File} file
 * @param {number} maxSide Pixels that the server makes use of.
 * @param {Upload} upload For what the browser cannot open, or must not redraw.
 * @returns {Promise<Payload>}
 */
export async function makePayload(file, maxSide, upload) {
  const head = await readHead(file);
  const small = file.size <= SENT_AS_IS;
  if (small && PLAIN.includes(file.type)) return { image: await dataUrl(file) };
  if (moves(file.type, head)) return small ? { image: await dataUrl(file) } : upload(file);
  try {
    return await redraw(file, maxSide);
  } catch {
    return { path: (await upload(file)).path };
  }
}

/**
 * The beginning of a file, a letter for each byte.
 *
 * @param {File} file
 */
async function readHead(file) {
  const bytes = await file
    .slice(0, HEAD)
    .arrayBuffer()
    .catch(() => {
      throw new GoneError(file.name);
    });
  return new TextDecoder("latin1").decode(bytes);
}

/**
 * Whether a picture may be an animation. Drawn here it would be its first frame, which may be blank;
 * the server looks further.
 *
 * @param {string} type
 * @param {string} head
 */
function moves(type, head) {
  if (type === "image/gif") return true;
  if (type === "image/png") return head.split("IDAT", 1)[0].includes("acTL");
  if (type === "image/webp") return head.startsWith("VP8X", 12) && head.charCodeAt(20) % 4 > 1;
  return head.startsWith("ftypavis", 4);
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
 * An upright copy with the size of the photo, in whose pixels the server answers.
 *
 * @param {File} file
 * @param {number} maxSide
 */
async function redraw(file, maxSide) {
  if (!isReadBack(make("canvas"))) throw new Error("what is drawn here would be noise");
  const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
  const { width, height } = photo;
  const image = toJpeg(make("canvas"), photo, fitPhoto(photo, maxSide), 0.92);
  photo.close();
  return { image, width, height };
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
