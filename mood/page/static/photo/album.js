// The photos that were taken, which of them is shown, and which of its faces is chosen.

/** @import { Answer, Face, Options, Refusal } from "../shared/types.d.ts" */

import { readable } from "../shared/looks.js";

/** @typedef {ReturnType<typeof createAlbum>} Album */

/**
 * @typedef {object} Photo
 * @property {string} name
 * @property {File} file
 * @property {string} thumbnail An address for as long as the photo is in the album.
 * @property {"waiting" | "read" | "failed"} state
 * @property {Answer | null} answer What was found when it could be read last.
 * @property {Options | null} options With which it was read then.
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
 * Whether a photo could not be read, and can be tried again.
 *
 * @param {Photo | null} photo
 */
export const mayBeRetried = (photo) =>
  photo?.state !== "waiting" && PASSING.includes(refusal(photo)?.error ?? "");

export function createAlbum() {
  /** @type {Photo[]} */
  let photos = [];
  /** @type {Photo | null} */
  let shown = null;
  let chosen = 0;
  /** @type {(() => void)[]} */
  const onChange = [];
  /** @type {((scroll: boolean) => void)[]} */
  const onChoice = [];

  const tell = () => {
    for (const listen of onChange) listen();
  };

  /** @param {Photo | null} photo */
  const look = (photo) => {
    shown = photo;
    chosen = best(findings(photo)?.faces ?? []);
  };

  function clear() {
    for (const photo of photos) URL.revokeObjectURL(photo.thumbnail);
    photos = [];
    look(null);
    tell();
  }

  return {
    /** @type {readonly Photo[]} */
    get photos() {
      return photos;
    },
    get shown() {
      return shown;
    },
    /** The place of a face among those of the photo that is shown; -1 where none can be read. */
    get chosen() {
      return chosen;
    },
    /** The photo to read next, if any. */
    get next() {
      return photos.find((photo) => photo.state === "waiting") ?? null;
    },
    get waiting() {
      return photos.filter((photo) => photo.state === "waiting").length;
    },

    /** @param {() => void} listen Hears of everything but a choice. */
    onChange: (listen) => onChange.push(listen),

    /** @param {(scroll: boolean) => void} listen Hears when a face is chosen. */
    onChoice: (listen) => onChoice.push(listen),

    /**
     * One photo takes the place of another one, several come behind those that are there.
     *
     * @param {File[]} files
     */
    add(files) {
      if (!files.length) return;
      if (files.length === 1 && photos.length < 2) clear();
      for (const file of files) {
        const thumbnail = URL.createObjectURL(file);
        const name = file.name.slice(0, MOST_NAME);
        const unread = /** @type {const} */ ({ answer: null, options: null, problem: null });
        photos.push({ name, file, thumbnail, state: "waiting", ...unread });
      }
      if (!shown) look(photos[0]);
      tell();
    },

    clear,

    /** All photos wait to be read again; what was found is shown until then. */
    reread() {
      for (const photo of photos) photo.state = "waiting";
    },

    /** Those that could not be read wait to be tried again. */
    retry() {
      for (const photo of photos.filter(mayBeRetried)) photo.state = "waiting";
      tell();
    },

    /**
     * What was found before stays where a photo cannot be read again.
     *
     * @param {Photo} photo
     * @param {Answer | Refusal} answer
     * @param {Options} options
     */
    settle(photo, answer, options) {
      if ("faces" in answer) Object.assign(photo, { answer, options, problem: null });
      else photo.problem = answer;
      photo.state = photo.answer ? "read" : "failed";
      if (photo === shown && !photo.problem) look(photo);
      tell();
    },

    /** @param {Photo} photo */
    show(photo) {
      look(photo);
      tell();
    },

    /**
     * @param {number} face
     * @param {boolean} scroll Whether its card is to come into sight.
     */
    choose(face, scroll = false) {
      chosen = face;
      for (const listen of onChoice) listen(scroll);
    },
  };
}

/**
 * The place of the face to begin with: the largest that the network is sure of, else the largest
 * that can be read; -1 where none can.
 *
 * @param {Face[]} faces
 */
function best(faces) {
  const sure = (/** @type {Face} */ face) => Number(face.verdict === "certain");
  const height = (/** @type {Face} */ { bbox_xyxy: box }) => box[3] - box[1];
  const order = [...faces.keys()]
    .filter((at) => readable(faces[at]))
    .sort((a, b) => sure(faces[b]) - sure(faces[a]) || height(faces[b]) - height(faces[a]));
  return order[0] ?? -1;
}
