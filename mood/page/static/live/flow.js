// The loop where the browser reads: one picture is read, the next is taken meanwhile, none is sent.

/** @import { Before, LiveFaces, Settings } from "../shared/types.d.ts" */
/** @import { Pace } from "./pace.js" */
/** @import { Pictures } from "./pictures.js" */
/** @import { Reader } from "./reader.js" */

import { sleep } from "../shared/patience.js";

/** @typedef {VideoFrame | ImageBitmap} Picture */
/** @typedef {{ picture: Picture, at: number, time_s: number, width: number, height: number }} Taken */

const RETRY_MS = 250; // after a picture that could not be taken or read

/**
 * @param {object} given
 * @param {Pick<Pictures, "next" | "grab" | "width" | "height">} given.pictures
 * @param {Pick<Reader, "read" | "rest_ms">} given.reader
 * @param {Pace} given.pace
 * @param {() => boolean} given.wanted Whether the page is still there.
 * @param {() => void} given.end Called when it is not, and the loop has ended.
 * @param {(answer: LiveFaces, time_s: number) => void} given.take
 * @param {() => number} given.time When the picture that is shown was taken, in seconds.
 * @param {() => boolean} given.filmed Whether it is of a film.
 * @param {() => Before | null} given.before What is shown of the session already.
 * @param {() => Settings} given.wish What the visitor wants to see.
 * @param {() => number} [given.now] Milliseconds.
 * @param {(ms: number) => Promise<unknown>} [given.rest]
 */
export function createFlow(given) {
  const { pictures, reader, pace } = given;
  const { now = () => performance.now(), rest = sleep } = given;
  let run = 0; // counts up with every start and stop: loops of an older run end
  let flowing = false;
  let wake = () => {};
  /** @type {Taken | null} */
  let waiting = null; // the newest picture, until it is its turn
  /** @type {Promise<unknown>} */
  let underWay = Promise.resolve();

  async function start() {
    stop();
    const mine = run;
    pace.restart();
    bring(mine);
    while (mine === run) {
      const taken = await turn();
      if (!taken || mine !== run) return drop(taken);
      const answer = await ask(taken);
      if (mine !== run) return;
      flowing = Boolean(answer);
      if (answer) {
        pace.measure(taken.at, now());
        given.take(answer, taken.time_s);
      }
      const pause = answer ? reader.rest_ms : RETRY_MS;
      if (pause) await rest(pause);
    }
  }

  /** @param {number} mine */
  async function bring(mine) {
    while (mine === run) {
      await pictures.next();
      if (mine !== run) return;
      if (!given.wanted()) return given.end();
      if (!pictures.width) continue;
      const taken = await grab();
      if (!taken) await rest(RETRY_MS);
      else if (mine !== run) drop(taken);
      else {
        drop(waiting);
        waiting = taken;
        wake();
      }
    }
  }

  /** @returns {Promise<Taken | null>} Null where there is nothing to be had. */
  async function grab() {
    const { width, height } = pictures;
    const at = now();
    const time_s = given.time();
    try {
      return { picture: await pictures.grab(), at, time_s, width, height };
    } catch {
      return null;
    }
  }

  async function turn() {
    if (!waiting) {
      await new Promise((done) => {
        wake = () => done(undefined);
      });
    }
    const taken = waiting;
    waiting = null;
    return taken;
  }

  /** @param {Taken | null} taken */
  const drop = (taken) => taken?.picture.close();

  /**
   * @param {Taken} taken
   * @returns {Promise<LiveFaces | null>}
   */
  async function ask({ picture, width, height, time_s }) {
    const before = flowing ? null : given.before();
    const frame = { picture, width, height, time_s, before, wish: given.wish() };
    const asked = reader.read({ ...frame, film: given.filmed() });
    underWay = asked;
    return asked;
  }

  function stop() {
    run++;
    flowing = false;
    drop(waiting);
    waiting = null;
    wake();
  }

  /**
   * Stops with one picture more, which is read after the one before.
   *
   * @param {() => Promise<Picture>} picture
   * @returns {Promise<LiveFaces | null>} Null where nothing comes of it, or a new run began.
   */
  async function end(picture) {
    const went = flowing;
    stop();
    const mine = run;
    const { width, height } = pictures;
    const taken = { picture: await picture(), at: now(), time_s: given.time(), width, height };
    await underWay;
    if (mine !== run) {
      drop(taken);
      return null;
    }
    flowing = went; // the session is known
    const answer = await ask(taken);
    if (mine !== run) return null;
    flowing = false;
    return answer;
  }

  return {
    start,
    stop,
    end,
    /** Whether the last picture was read. */
    get flowing() {
      return flowing;
    },
  };
}
