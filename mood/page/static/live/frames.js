// The loop that sends the camera's pictures, one at a time: the newest is always the next.

/** @import { LiveFaces, LiveServer } from "../shared/types.d.ts" */
/** @import { Camera } from "./camera.js" */
/** @import { Pace } from "./pace.js" */

/** @typedef {Pick<Camera, "next" | "take" | "width" | "height">} Pictures */

const EVERY_MS = 1000 / 30;
const RETRY_MS = 1500;

/**
 * @param {object} given
 * @param {Pictures} given.camera
 * @param {Pick<LiveServer, "live_frame">} given.server
 * @param {string} given.viewer
 * @param {Pace} given.pace
 * @param {() => boolean} given.wanted Whether the page is still there.
 * @param {() => void} given.end Called when it is not, and the loop has ended.
 * @param {(answer: LiveFaces) => void} given.take
 * @param {(key: string, values: Record<string, string | number>) => void} given.miss Called with
 *   the words to say where there are no faces to take.
 * @param {() => number} [given.now] Milliseconds.
 * @param {(ms: number) => Promise<unknown>} [given.sleep]
 */
export function createFrames(given) {
  const { camera, server, viewer, pace, wanted, end, take, miss } = given;
  const now = given.now ?? (() => performance.now());
  const sleep = given.sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  let run = 0; // counts up with every start and stop: a loop of an older run ends
  let flowing = false;

  async function start() {
    const mine = ++run;
    let waiting = false; // for a place: pictures are of no use until there is one
    let sent = Number.NEGATIVE_INFINITY;
    flowing = false;
    pace.restart();
    while (mine === run) {
      if (!wanted()) return end();
      const rest = sent + EVERY_MS - now();
      if (rest > 0) await sleep(rest);
      await camera.next();
      if (mine !== run) return;
      if (!camera.width) continue;
      sent = now();
      const answer = await ask(waiting ? null : camera.take(pace.side), sent);
      if (mine !== run) return;
      waiting = answer?.state === "wait";
      flowing = answer?.state === "ok";
      if (answer?.state === "ok") {
        pace.measure(sent, now());
        take(answer);
      } else if (answer?.state !== "ready") {
        miss(...excuse(answer));
        await sleep(RETRY_MS);
      }
    }
  }

  /**
   * @param {string | null} image
   * @param {number} time
   */
  async function ask(image, time) {
    const { width, height } = camera;
    try {
      return await server.live_frame({ viewer, image, width, height, time_s: time / 1000 });
    } catch {
      return null;
    }
  }

  function stop() {
    run++;
    flowing = false;
  }

  return {
    start,
    stop,
    /** Whether the last answer held faces, be it none. */
    get flowing() {
      return flowing;
    },
  };
}

/**
 * @param {Exclude<Awaited<ReturnType<LiveServer["live_frame"]>>, LiveFaces | { state: "ready" }>} answer
 * @returns {[key: string, values: Record<string, string | number>]}
 */
function excuse(answer) {
  if (answer?.state === "wait") {
    return ["live_wait", { position: answer.position, viewers: answer.viewers }];
  }
  if (answer?.state === "busy") return ["busy", {}];
  if (answer?.state === "error") return [`error_${answer.error}`, {}];
  return ["live_lost", {}];
}
