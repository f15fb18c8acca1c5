// The photos of the album as they stand: what is known of each, their states and their order.

/** @import { Answer, Face, Options, Refusal } from "../shared/types.d.ts" */

import { readable } from "../shared/looks.js";
import { heightOf, settled } from "../shared/settled.js";

/**
 * @typedef {object} Photo
 * @property {string} name
 * @property {File} file
 * @property {string} thumbnail An address for as long as the photo is in the album.
 * @property {"waiting" | "read" | "failed"} state
 * @property {Answer | null} reading What was found when it could be read last.
 * @property {Options | null} asked With which it was read then.
 * @property {Answer | null} answer What is shown of it.
 * @property {Options | null} options With which that is so.
 * @property {Refusal | null} problem Why it could not be read this time.
 */

const MOST_NAME = 200; // characters

/** What passes by itself, or with the server's network: reading the same again may help. */
const PASSING = ["busy", "share", "error", "model", "lost", "upload"];

/**
 * What was found in a photo when it could be read last, or null.
 *
 * @param {Photo | null} photo
 */
export const findings = (photo) => photo?.answer ?? null;

/**
 * Why a photo could not be read this time, or null.
 *
 * @param {Photo | null} photo
 */
export const refusal = (photo) => photo?.problem ?? null;

/**
 * The faces that were found in a photo; none where it could not be read yet.
 *
 * @param {Photo | null} photo
 */
export const facesOf = (photo) => findings(photo)?.faces ?? [];

/**
 * A photo that was taken and waits to be read.
 *
 * @param {File} file
 * @returns {Photo}
 */
export function taken(file) {
  const thumbnail = URL.createObjectURL(file);
  const name = file.name.slice(0, MOST_NAME);
  const unread = { reading: null, asked: null, answer: null, options: null, problem: null };
  return { name, file, thumbnail, state: "waiting", ...unread };
}

/** @param {Photo} photo */
export const isWaiting = ({ state }) => state === "waiting";

/** @param {Photo} photo */
export const hasFailed = ({ state }) => state === "failed";

/**
 * Those that could not be read stand behind the others.
 *
 * @param {readonly Photo[]} photos
 */
export const inOrder = (photos) => [
  ...photos.filter((photo) => !hasFailed(photo)),
  ...photos.filter(hasFailed),
];

/**
 * What takes the place of a photo that was taken away: the next one that is left, else the last one
 * before it.
 *
 * @param {readonly Photo[]} order With the photo.
 * @param {Photo} photo
 * @param {readonly Photo[]} left
 */
export function nearest(order, photo, left) {
  const isLeft = (/** @type {Photo} */ each) => left.includes(each);
  const at = order.indexOf(photo);
  return order.slice(at).find(isLeft) ?? order.slice(0, at).findLast(isLeft) ?? null;
}

/**
 * Whether a photo could not be read, and can be tried again.
 *
 * @param {Photo | null} photo
 */
export const mayBeRetried = (photo) =>
  photo?.state !== "waiting" && PASSING.includes(photo?.problem?.error ?? "");

/**
 * Whether a photo could not be read, and never will be.
 *
 * @param {Photo} photo
 */
export const isLost = (photo) => hasFailed(photo) && !mayBeRetried(photo);

/**
 * Lets a photo that was read show what is wanted of it.
 *
 * @param {Photo} photo
 * @param {Options | null} wish As it was read, if there is none.
 */
export function settlePhoto(photo, wish) {
  const { reading, asked } = photo;
  if (!reading || !asked) return;
  const { model, detector } = asked;
  photo.answer = wish ? settled(reading, wish) : reading;
  photo.options = { ...asked, ...wish, model, detector };
}

/**
 * Those in which no faces as low as so many pixels were looked for wait to be read again.
 *
 * @param {readonly Photo[]} photos
 * @param {number} smallest
 */
export function lookCloser(photos, smallest) {
  for (const photo of photos) {
    if (photo.asked && smallest < photo.asked.smallest_face) photo.state = "waiting";
  }
}

/**
 * What is shown where a photo could not be read: what is read next, else what was looked at before,
 * if it is still there, else what was read last.
 *
 * @param {readonly Photo[]} photos
 * @param {Photo} [before]
 */
export const instead = (photos, before) =>
  photos.find(isWaiting) ??
  photos.find((photo) => photo === before) ??
  photos.findLast(({ state }) => state === "read");

/**
 * The place of the face to begin with: the one that can be read best; of equals one that the network
 * is sure of, then the largest. -1 where none can be read.
 *
 * @param {Face[]} faces
 */
export function best(faces) {
  const clear = (/** @type {Face} */ { readable: share }) => Math.round(100 * share);
  const sure = (/** @type {Face} */ { verdict }) => Number(verdict === "certain");
  const height = (/** @type {Face} */ { bbox_xyxy }) => heightOf(bbox_xyxy);
  const order = [...faces.keys()]
    .filter((at) => readable(faces[at]))
    .sort((one, other) => {
      const [a, b] = [faces[one], faces[other]];
      return clear(b) - clear(a) || sure(b) - sure(a) || height(b) - height(a);
    });
  return order[0] ?? -1;
}
