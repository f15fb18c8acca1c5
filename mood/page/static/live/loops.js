// The loop that reads pictures: in the browser or by the server, as the desk says when it starts.

/** @import { LiveFaces, LiveServer, Settings } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { createDesk } from "./desk.js" */
/** @import { Pace } from "./pace.js" */
/** @import { Passed } from "./passed.js" */
/** @import { createShown } from "./shown.js" */
/** @import { Source } from "./source.js" */
/** @import { createStatus } from "./status.js" */
/** @import { Still } from "./still.js" */

import { createFlow } from "./flow.js";
import { createFrames } from "./frames.js";

/** @typedef {ReturnType<typeof createLoops>} Loops */

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {LiveServer} given.server
 * @param {string} given.viewer
 * @param {Words} given.words
 * @param {Source} given.source
 * @param {ReturnType<typeof createDesk>} given.desk
 * @param {ReturnType<typeof createStatus>} given.status
 * @param {ReturnType<typeof createShown>} given.shown
 * @param {Passed} given.passed
 * @param {Pace} given.pace
 * @param {() => Settings} given.wish What the visitor wants to see.
 * @param {(answer: LiveFaces, time_s?: number) => void} given.take Called with each answer.
 * @param {() => void} given.end Called when the page is gone.
 */
export function createLoops(given) {
  const { root, server, viewer, words, source, desk, status, shown, passed } = given;
  const { pictures, film } = source;
  const { pace, wish, take, end } = given;
  const loop = { pace, wish, take, end, wanted: () => root.isConnected };
  const frames = createFrames({
    ...loop,
    camera: pictures,
    server,
    viewer,
    before: passed.before,
    miss(key, values) {
      shown.forget();
      status.miss(words.knows(key) ? key : "error_error", values);
    },
  });
  const flow =
    desk.reader &&
    createFlow({
      ...loop,
      pictures,
      reader: desk.reader,
      filmed: () => film.open,
      time: () => source.time,
      before: () => (film.open ? { time_s: source.time, count: 0, faces: [] } : passed.before()),
    });
  /** @type {typeof frames | NonNullable<typeof flow>} */
  let reading = frames; // the one in use

  return {
    start() {
      reading = desk.way.place === "browser" && flow ? flow : frames;
      reading.start();
    },
    stop: () => reading.stop(),

    /**
     * Stops with one picture more.
     *
     * @param {Still} still
     */
    end: (still) => (reading === flow ? flow.end(still.grab) : frames.end(still.take)),

    /** Whether pictures are read at the moment. */
    get flowing() {
      return reading.flowing;
    },
  };
}
