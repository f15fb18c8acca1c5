// A film of the visitor's own as the source: it is played from the file, and goes nowhere.

/** @typedef {ReturnType<typeof createFilm>} Film */

/**
 * @param {HTMLVideoElement} video
 * @param {object} heard
 * @param {() => void} heard.played It plays, or goes on.
 * @param {() => void} heard.paused It stands, or is over.
 * @param {() => void} heard.moved It is at another moment.
 */
export function createFilm(video, heard) {
  /** @type {string | null} */
  let address = null;
  let name = "";
  const listen = (/** @type {string} */ kind, /** @type {() => void} */ hear) =>
    video.addEventListener(kind, () => address && hear());
  listen("play", heard.played);
  listen("pause", heard.paused);
  listen("timeupdate", heard.moved);
  listen("seeking", heard.moved);

  /** Has the browser look how long a film is that does not say so, as those that browsers record. */
  async function measure() {
    for (const time of [1e9, 0]) {
      const there = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
      video.currentTime = time;
      await there;
    }
  }

  function close() {
    if (!address) return;
    const old = address;
    address = null; // first: what the video says from now on is not of a film
    video.removeAttribute("src");
    video.load();
    URL.revokeObjectURL(old);
  }

  return {
    mirrored: false,
    close,

    /** Whether there is one. */
    get open() {
      return Boolean(address);
    },
    get name() {
      return name;
    },
    /** Seconds; 0 until it is known, and of a film that tells none. */
    get length() {
      return Number.isFinite(video.duration) ? video.duration : 0;
    },
    get time() {
      return video.currentTime;
    },
    get plays() {
      return !video.paused && !video.ended;
    },
    get over() {
      return Boolean(address) && video.ended;
    },

    /**
     * Opens a film; it stands at its beginning.
     *
     * @param {File} file
     * @throws Where this browser cannot play it.
     */
    async load(file) {
      close();
      const mine = URL.createObjectURL(file);
      address = mine;
      name = file.name;
      const ready = new Promise((done, failed) => {
        video.addEventListener("loadeddata", done, { once: true });
        video.addEventListener("error", () => failed(new Error("no film")), { once: true });
      });
      video.srcObject = null;
      video.src = mine;
      video.load();
      try {
        await ready;
        if (!video.videoWidth) throw new Error("a film without pictures"); // a song
        if (video.duration === Number.POSITIVE_INFINITY) await measure();
      } catch (error) {
        if (address === mine) close();
        throw error;
      }
    },

    play: () => video.play().catch(() => {}),
    pause: () => video.pause(),

    /** @param {number} time In seconds. */
    lead(time) {
      if (address) video.currentTime = Math.max(0, Math.min(time, video.duration || 0));
    },

    /** @param {number} times As fast as it was taken. */
    speed(times) {
      video.playbackRate = times;
    },
  };
}

/**
 * What to say of a film that was not opened.
 *
 * @param {unknown} error
 */
export const reasonOfFilm = (error) =>
  error instanceof DOMException && error.name === "NoiseError" ? "live_noise" : "live_film_failed";

/**
 * Whether a file is a film, as far as its name and its kind tell.
 *
 * @param {Pick<File, "name" | "type">} file
 */
export const isFilm = ({ name, type }) =>
  type.startsWith("video/") || /\.(mp4|m4v|mov|webm|mkv|ogv|avi)$/i.test(name);
