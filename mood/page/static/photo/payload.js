// A photo as the server wants it: small enough, and in memory where the browser can open it.

/** @import { Payload, PhotoProps, Refusal } from "../shared/types.d.ts" */
/** @import { Patience } from "../shared/patience.js" */
/** @import { Words } from "../shared/words.js" */

import { make } from "../shared/dom.js";
import { fitPhoto, isReadBack, toJpeg } from "../shared/jpeg.js";
import { pauseFor } from "../shared/patience.js";

const SENT_AS_IS = 1_000_000; // bytes: larger photos are scaled down here, which saves the upload
const PLAIN = ["image/jpeg", "image/png", "image/webp"];

const HEAD = 65_536; // bytes of a file that say whether it is an animation

const AGAIN_AFTER_S = [3, 10]; // an upload that failed
const STATUS = /^HTTP (\d+)/; // how Gradio hands on what was answered to one
const MAY_PASS = [408, 425, 429]; // of those that speak of the file, not of the server

/** @typedef {(file: File) => Promise<{ path: string }>} Upload */
/** @typedef {Pick<PhotoProps, "max_mb" | "max_side">} Limits */

/** A file cannot be read any more: it was moved, deleted or changed since it was chosen. */
export class GoneError extends Error {}

/** A file is larger than is taken: by the server, or by what lies before it. */
export class TooLargeError extends Error {
  /** @param {Pick<Refusal, "size_mb" | "max_mb">} size Where it is known how much is. */
  constructor(size = {}) {
    super();
    this.size = size;
  }
}

/**
 * Why nothing could be sent.
 *
 * @param {unknown} error
 * @returns {Refusal}
 */
export function refusalOf(error) {
  if (error instanceof TooLargeError) return { error: "too_large", ...error.size };
  return { error: error instanceof GoneError ? "gone" : "upload" };
}

/**
 * Lets a file pass that the server takes as it is.
 *
 * @param {File} file
 * @param {Limits} limits
 */
function weigh({ size }, { max_mb }) {
  if (size > max_mb * 1e6) throw new TooLargeError({ size_mb: size / 1e6, max_mb });
}

/**
 * What to send of a photo; it fails with a `GoneError` where there is nothing to send any more, with
 * a `TooLargeError` where the file itself would have to be sent and is too large.
 *
 * @param {File} file
 * @param {Limits} limits
 * @param {Upload} upload For what the browser cannot open, or must not redraw.
 * @returns {Promise<Payload>}
 */
export async function makePayload(file, limits, upload) {
  const head = await readHead(file);
  if (!file.type.startsWith("image/")) weigh(file, limits); // a film is not even opened
  const small = file.size <= SENT_AS_IS;
  if (small && PLAIN.includes(file.type)) return { image: await dataUrl(file) };
  if (moves(file.type, head)) {
    return small ? { image: await dataUrl(file) } : asFile(file, limits, upload);
  }
  try {
    return await redraw(file, limits.max_side);
  } catch {
    return asFile(file, limits, upload);
  }
}

/**
 * A file as it is: what is too large is not sent at all.
 *
 * @param {File} file
 * @param {Limits} limits
 * @param {Upload} upload
 */
async function asFile(file, limits, upload) {
  weigh(file, limits);
  return { path: (await upload(file)).path };
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
 * An upload that is tried twice more where it fails, unless the answer would stay the same; one of
 * too many bytes is a `TooLargeError`.
 *
 * @param {Upload} upload
 * @param {Words} words
 * @param {Pick<Patience, "sleep">} patience
 * @param {(sentence: string) => void} waiting Says that it is tried again; an empty text ends that.
 * @returns {Upload}
 */
export function stubborn(upload, words, patience, waiting) {
  return async (file) => {
    for (let tries = 0; ; tries++) {
      try {
        return await upload(file);
      } catch (error) {
        const status = statusOf(error);
        if (status === 413) throw new TooLargeError();
        if (isLasting(status) || tries === AGAIN_AFTER_S.length) throw error;
        waiting(words.say("upload_again"));
        await patience.sleep(pauseFor(AGAIN_AFTER_S[tries]));
        waiting("");
      }
    }
  };
}

/**
 * What was answered to an upload that failed; 0 where nothing was.
 *
 * @param {unknown} error
 */
const statusOf = (error) =>
  Number(STATUS.exec(error instanceof Error ? error.message : "")?.[1]) || 0;

/**
 * Whether the same file would be answered the same.
 *
 * @param {number} status
 */
const isLasting = (status) => status >= 400 && status < 500 && !MAY_PASS.includes(status);

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
