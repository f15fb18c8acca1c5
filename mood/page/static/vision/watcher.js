// A frame's way from pixels to an answer, and what is kept between frames.

/** @import { Answered, Eyes, Question, Specs } from "./types.d.ts" */
/** @import { Session } from "./session.js" */
/** @import { Pixels } from "./pixels.js" */

import { createModes } from "./modes.js";
import { facesIn, read } from "./reading.js";
import { createSession } from "./session.js";

/** @typedef {ReturnType<typeof createWatcher>} Watcher */
/** @typedef {Extract<Question, { do: "frame" }>} Frame */
/** @typedef {Extract<Answered, { answer: unknown }>} Watched */
/** @typedef {Eyes & { frame(pixels: Uint8ClampedArray, width: number, height: number): void }} Engine */

/**
 * @param {object} given
 * @param {Engine} given.engine
 * @param {Specs} given.specs
 * @param {() => number} [given.now] Milliseconds.
 */
export function createWatcher({ engine, specs, now = () => performance.now() }) {
  const modes = createModes();
  /** @type {Session | null} */
  let session = null;

  return {
    /**
     * @param {Omit<Frame, "id" | "do" | "picture">} frame
     * @param {() => Pixels | Promise<Pixels>} pixelsOf Reads the frame's pixels.
     * @returns {Promise<Omit<Watched, "id">>}
     */
    async watch({ width, height, time_s, wish, before, film }, pixelsOf) {
      const { mode } = modes;
      const begun = now();
      const { pixels, size } = await pixelsOf();
      engine.frame(pixels, size.width, size.height);
      const drawn = now();
      const found = facesIn(engine, size, specs, mode);
      const detected = now();
      const camera = { width, height };
      const faces = found.map((face) => read(engine, size, camera, face, specs, mode));
      session ??= createSession(specs.expressions, specs.certainty, film);
      const answer = session.record(faces, time_s, wish, before);
      const ended = now();
      modes.measure(ended - begun, ended);
      return {
        answer,
        mode,
        took: {
          picture: drawn - begun,
          detect: detected - drawn,
          faces: ended - detected,
          all: ended - begun,
        },
        rest_ms: modes.rest,
      };
    },

    /** Forgets what was recorded; faces are counted from 1 again. */
    clear() {
      session = null;
    },

    /**
     * What was recorded as a text, or null where there is nothing.
     *
     * @param {"csv" | "json"} kind
     * @param {Frame["wish"]} [wish]
     */
    save: (kind, wish) => session?.save(kind, wish) ?? null,
  };
}
