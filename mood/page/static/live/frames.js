// The loop that sends the camera's pictures, one at a time: the newest is always the next.

/** @import { Before, LiveAnswer, LiveFaces, LiveServer, Settings } from "../shared/types.d.ts" */
/** @import { Pace } from "./pace.js" */
/** @import { Pictures } from "./pictures.js" */

import { pauseFor, sleep as rest } from "../shared/patience.js";

const EVERY_MS = 1000 / 30;
const RETRY_MS = 1500;
const LATE = 4; // from this position on, nobody asks more seldom: a position is forgotten after 10 s

/**
 * @param {object} given
 * @param {Pick<Pictures, "next" | "take" | "width" | "height">} given.camera
 * @param {Pick<LiveServer, "live_frame">} given.server
 * @param {string} given.viewer
 * @param {Pace} given.pace
 * @param {() => boolean} given.wanted Whether the page is still there.
 * @param {() => void} given.end Called when it is not, and the loop has ended.
 * @param {(answer: LiveFaces) => void} given.take
 * @param {() => Before | null} [given.before] What is shown of the session already.
 * @param {() => Settings} [given.wish] What the visitor wants to see.
 * @param {(key: string, values: Record<string, string | number>) => void} given.miss Called with
 *   the words to say where there are no faces to take.
 * @param {() => number} [given.now] Milliseconds.
 * @param {(ms: number) => Promise<unknown>} [given.sleep]
 * @param {() => number} [given.chance]
 */
export function createFrames(given) {
  const { camera, server, viewer, pace, wanted, take, miss } = given;
  const now = given.now ?? (() => performance.now());
  const { chance, sleep = rest } = given;
  let run = 0; // counts up with every start and stop: a loop of an older run ends
  let flowing = false;
  /** @type {Promise<unknown>} */
  let underWay = Promise.resolve();

  async function start() {
    const mine = ++run;
    let waiting = false; // for a place: pictures are of no use until there is one
    let sent = Number.NEGATIVE_INFINITY;
    flowing = false;
    pace.restart();
    while (mine === run) {
      if (!wanted()) return given.end();
      const rest = sent + EVERY_MS - now();
      if (rest > 0) await sleep(rest);
      await camera.next();
      if (mine !== run) return;
      if (!camera.width) continue;
      sent = now();
      const answer = await ask(waiting ? null : camera.take(pace.side), sent, !flowing);
      if (mine !== run) return;
      waiting = answer?.state === "wait";
      flowing = answer?.state === "ok";
      if (answer?.state === "ok") {
        pace.measure(sent, now());
        take(answer);
      } else if (answer?.state !== "ready") {
        const pause = pauseAfter(answer);
        miss(...excuse(answer, pause));
        await sleep(pause);
      }
    }
  }

  /**
   * @param {string | null} image
   * @param {number} time
   * @param {boolean} again The server may have forgotten the session.
   * @returns {Promise<LiveAnswer | null>}
   */
  async function ask(image, time, again) {
    const { width, height } = camera;
    const before = again && image ? given.before?.() : null;
    try {
      const asked = server.live_frame({
        ...{ viewer, image, width, height, time_s: time / 1000 },
        ...(before && { before }),
        ...(image && given.wish && { wish: given.wish() }),
      });
      underWay = asked.catch(() => null);
      const answer = await asked;
      return answer && !("state" in answer) ? { state: "error", ...answer } : answer;
    } catch {
      return null;
    }
  }

  /** @param {LiveAnswer | null} answer */
  function pauseAfter(answer) {
    if (answer?.state === "wait") return RETRY_MS * Math.min(answer.position, LATE);
    const wanted = answer && "retry_after_s" in answer && answer.retry_after_s;
    return wanted ? pauseFor(wanted, chance) : RETRY_MS;
  }

  function stop() {
    run++;
    flowing = false;
  }

  /**
   * Stops with one picture more, which is read when the server has done with the one before.
   *
   * @param {(side: number) => string} picture
   * @returns {Promise<LiveFaces | null>} Null where nothing comes of it, or a new run began.
   */
  async function end(picture) {
    stop();
    const mine = run;
    const sent = now();
    await underWay;
    if (mine !== run) return null;
    const answer = await ask(picture(pace.side), sent, false);
    return mine === run && answer?.state === "ok" ? answer : null;
  }

  return {
    start,
    stop,
    end,
    /** Whether the last answer held faces, be it none. */
    get flowing() {
      return flowing;
    },
  };
}

/**
 * @param {Exclude<LiveAnswer, LiveFaces | { state: "ready" }> | null} answer
 * @param {number} pause Milliseconds until the next question.
 * @returns {[key: string, values: Record<string, string | number>]}
 */
function excuse(answer, pause) {
  if (answer?.state === "wait") {
    return ["live_wait", { position: answer.position }];
  }
  const error = answer?.state === "busy" ? "busy" : answer?.error;
  if (error === "busy" || error === "share") {
    return [`${error}_again`, { seconds: Math.ceil(pause / 1000) }];
  }
  return [error ? `error_${error}` : "live_lost", {}];
}
