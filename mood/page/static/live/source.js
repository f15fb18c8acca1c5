// What the one video of the tab shows: the pictures of a camera, or of a film.

import { createCamera } from "./camera.js";
import { createFilm } from "./film.js";
import { createPictures } from "./pictures.js";

/** @typedef {ReturnType<typeof createSource>} Source */

/**
 * @param {HTMLVideoElement} video
 * @param {{ lost: () => void } & Parameters<typeof createFilm>[1]} heard
 */
export function createSource(video, heard) {
  const pictures = createPictures(video);
  const camera = createCamera(video, pictures, heard.lost);
  const film = createFilm(video, heard);

  return {
    pictures,
    camera,
    film,

    /** Whether it is shown as in a mirror. */
    get mirrored() {
      return !film.open && camera.mirrored;
    },
    get width() {
      return pictures.width;
    },
    get height() {
      return pictures.height;
    },
    /** Of the picture that is shown, in seconds: of the film, or by the clock. */
    get time() {
      return film.open ? pictures.time : performance.now() / 1000;
    },

    /**
     * Opens a film; it stands at its beginning.
     *
     * @param {File} file
     * @throws What `reasonOfFilm` knows.
     */
    async load(file) {
      if (!pictures.readBack()) throw new DOMException("pictures are noise", "NoiseError");
      await film.load(file);
    },

    close() {
      camera.close();
      film.close();
    },
  };
}
