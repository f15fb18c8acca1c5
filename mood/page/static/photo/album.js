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
 * @property {Answer | Refusal | null} answer The last one.
 * @property {Options | null} options With which it was read.
 */

const MOST_NAME = 200; // characters

/**
 * What was found in a photo when it was read last; null before, and where it could not be read.
 *
 * @param {Photo | null} photo
 */
export const findings = (photo) => (photo?.answer && "faces" in photo.answer ? photo.answer : null);

/**
 * Why a photo could not be read, or null.
 *
 * @param {Photo | null} photo
 */
export const refusal = (photo) => (photo?.answer && "error" in photo.answer ? photo.answer : null);

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
        photos.push({ name, file, thumbnail, state: "waiting", answer: null, options: null });
      }
      if (!shown) look(photos[0]);
      tell();
    },

    clear,

    /** All photos wait to be read again; what was found is shown until then. */
    reread() {
      for (const photo of photos) photo.state = "waiting";
    },

    /**
     * @param {Photo} photo
     * @param {Answer | Refusal} answer
     * @param {Options} options
     */
    settle(photo, answer, options) {
      photo.answer = answer;
      photo.options = options;
      photo.state = "faces" in answer ? "read" : "failed";
      if (photo === shown) look(photo);
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
