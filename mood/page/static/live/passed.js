// The time of a session, which goes on while the server is away, and who was seen in it last.

/** @import { Before, LiveFace } from "../shared/types.d.ts" */

/** @typedef {ReturnType<typeof createPassed>} Passed */

/** @param {() => number} [now] Milliseconds. */
export function createPassed(now = () => performance.now()) {
  let time = 0; // seconds, at the last answer
  /** @type {number | null} */
  let told = null; // when that was
  let shift = 0; // by how much a server that knows nothing of the time before is behind

  /** @type {LiveFace[]} */
  let known = [];
  let count = 0; // the highest number of a face so far
  const passed = () => (told === null ? 0 : time + (now() - told) / 1000);

  return {
    /** Seconds since the session began; it stands still until the first answer. */
    get time() {
      return passed();
    },

    /**
     * What a server says; it never takes the session back.
     *
     * @param {number} seconds
     * @returns {number} The time of the session.
     */
    take(seconds) {
      if (seconds + shift < time) shift = passed() - seconds;
      time = seconds + shift;
      told = now();
      return time;
    },

    /** @param {LiveFace[]} faces That stayed. */
    see(faces) {
      if (faces.length) known = faces;
      count = Math.max(count, ...faces.map(({ number }) => number));
    },

    /**
     * What a server is told that may have started anew.
     *
     * @returns {Before | null} Null where nobody was seen yet.
     */
    before() {
      if (!count) return null;
      const faces = known.map(
        ({ number, box }) => /** @type {Before["faces"][number]} */ ([number, ...box]),
      );
      return { time_s: passed(), count, faces };
    },

    clear() {
      known = [];
      count = 0;
      time = shift = 0;
      told = null;
    },
  };
}
