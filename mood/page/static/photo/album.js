// The photos that were taken, which of them is shown, and which of its faces is chosen.

/** @import { Answer, Box, Options, Refusal } from "../shared/types.d.ts" */
/** @import { Photo } from "./shelf.js" */

import {
  best,
  facesOf,
  hasFailed,
  inOrder,
  instead,
  isLost,
  isWaiting,
  mayBeRetried,
  nearest,
  settlePhoto,
  taken,
} from "./shelf.js";

/** @typedef {ReturnType<typeof createAlbum>} Album */

/** @param {readonly Photo[]} gone */
const forget = (gone) => {
  for (const { thumbnail } of gone) URL.revokeObjectURL(thumbnail);
};

export function createAlbum() {
  /** @type {Photo[]} */
  let photos = []; // in the order in which they came
  /** @type {Photo | null} */
  let shown = null;
  let wanted = false; // whether the visitor picked the photo that is shown
  let chosen = 0;
  /** @type {{ photo?: Photo, box?: Box }} */
  let before = {}; // what was looked at when photos came, and the face that was chosen
  /** @type {Options | null} */
  let wish = null;
  /** @type {(() => void)[]} */
  const onChange = [];
  /** @type {((scroll: boolean) => void)[]} */
  const onChoice = [];

  const tell = () => {
    for (const listen of onChange) listen();
  };

  const boxOfChosen = () => facesOf(shown)[chosen]?.bbox_xyxy;

  /**
   * @param {Photo | null} photo
   * @param {Box} [box] That of the face to choose, if it is there.
   */
  const look = (photo, box) => {
    shown = photo;
    const faces = facesOf(photo);
    const at = faces.findIndex(({ bbox_xyxy }) => bbox_xyxy === box);
    chosen = at < 0 ? best(faces) : at;
  };

  return {
    /** @type {readonly Photo[]} Those that could not be read come last. */
    get photos() {
      return inOrder(photos);
    },
    get shown() {
      return shown;
    },
    /** The place of a face among those of the photo that is shown; -1 where none can be read. */
    get chosen() {
      return chosen;
    },
    /** The photo to read next, if any: the one that is shown goes before the others. */
    get next() {
      return shown && isWaiting(shown) ? shown : (photos.find(isWaiting) ?? null);
    },
    get waiting() {
      return photos.filter(isWaiting).length;
    },

    /** @param {() => void} listen Hears of everything but a choice. */
    onChange: (listen) => onChange.push(listen),

    /** @param {(scroll: boolean) => void} listen Hears when a face is chosen. */
    onChoice: (listen) => onChoice.push(listen),

    /**
     * Photos come behind those that are there, and the first of them is shown. Where none of those
     * could be read, they go.
     *
     * @param {File[]} files
     */
    add(files) {
      if (!files.length) return;
      const added = files.map(taken);
      if (photos.every(isLost)) forget(photos.splice(0));
      photos = [...photos, ...added];
      if (shown?.state === "read") before = { photo: shown, box: boxOfChosen() };
      wanted = false;
      look(added[0]);
      tell();
    },

    /**
     * Takes photos away; they are kept until it is clear that they will not be put back.
     *
     * @param {readonly Photo[]} gone
     * @returns {{ undo: () => void, forget: () => void }} One of them is to be called.
     */
    remove(gone) {
      const [before, last] = [photos, shown];
      photos = photos.filter((photo) => !gone.includes(photo));
      if (last && gone.includes(last)) look(nearest(inOrder(before), last, photos));
      tell();
      return {
        undo() {
          photos = [...before, ...photos.filter((photo) => !before.includes(photo))];
          look(last);
          tell();
        },
        forget: () => forget(gone),
      };
    },

    /**
     * From now on what was found is shown like this; nothing is read again for it. The face that is
     * chosen stays, if it does.
     *
     * @param {Options} wanted
     */
    wish(wanted) {
      wish = wanted;
      const box = boxOfChosen();
      for (const photo of photos) settlePhoto(photo, wish);
      look(shown, box);
      tell();
    },

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
     * What was found before stays where a photo cannot be read again. One that was taken away
     * meanwhile goes on waiting, in case it is put back.
     *
     * @param {Photo} photo
     * @param {Answer | Refusal} answer
     * @param {Options} options
     */
    settle(photo, answer, options) {
      if (!photos.includes(photo)) return;
      if ("faces" in answer)
        Object.assign(photo, { reading: answer, asked: options, problem: null });
      else photo.problem = answer;
      settlePhoto(photo, wish);
      photo.state = photo.answer ? "read" : "failed";
      if (photo === shown && !photo.problem) look(photo);
      else if (shown && hasFailed(shown) && !wanted) {
        const next = instead(photos, before.photo) ?? shown;
        look(next, next === before.photo ? before.box : undefined);
      }
      tell();
    },

    /** @param {Photo} photo */
    show(photo) {
      wanted = true;
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
