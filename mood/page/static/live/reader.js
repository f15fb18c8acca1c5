// The worker that reads pictures in this browser: asking it, and what it is worth when it fails.

/** @import { Before, LiveFaces, Settings, Vision } from "../shared/types.d.ts" */
/** @import { Answered, Files, Mode, Question, WeightsFile } from "../vision/types.d.ts" */
/** @import { Picture } from "./flow.js" */

/** @typedef {ReturnType<typeof createReader>} Reader */
/** @typedef {"worker" | "load" | "integrity" | "simd"} Fault Why there is no reading here. */
/** @typedef {Question extends infer Each ? Each extends { id: number } ? Omit<Each, "id"> : never : never} Asked */

/**
 * @param {Vision} vision
 * @param {(fault: Fault) => void} broke Called when it fails after it was loaded.
 * @param {() => Worker} [make]
 */
export function createReader(vision, broke, make = makeWorker) {
  /** @type {Map<number, (answer: Answered | null) => void>} */
  const waiting = new Map();
  /** @type {Promise<Worker | Fault> | null} */
  let loading = null;
  let asked = 0;
  /** @type {Mode} */
  let mode = "full";
  let rest_ms = 0;
  let ready_ms = 0;

  /** The worker, loaded once, or why there is none. */
  function load() {
    loading ??= begin();
    return loading;
  }

  /** @returns {Promise<Worker | Fault>} */
  async function begin() {
    const begun = performance.now();
    const worker = start();
    if (!worker) return "worker";
    const files = absolute(vision.files);
    const answer = await ask(worker, { do: "load", files, specs: vision.specs });
    ready_ms = performance.now() - begun;
    if (answer && "ok" in answer) return worker;
    worker.terminate();
    if (!answer || !("error" in answer)) return "worker";
    return answer.error === "frame" ? "load" : answer.error;
  }

  function start() {
    try {
      const worker = make();
      worker.addEventListener("message", ({ data }) => settle(data.id, data));
      worker.addEventListener("error", () => end(worker));
      worker.addEventListener("messageerror", () => end(worker));
      return worker;
    } catch {
      return null; // the browser lets the page have none
    }
  }

  /** @param {Worker} worker */
  function end(worker) {
    worker.terminate();
    loading = Promise.resolve("worker");
    const idle = !waiting.size;
    for (const id of [...waiting.keys()]) settle(id, null);
    if (idle) broke("worker"); // else those who wait say so
  }

  /**
   * @param {number} id
   * @param {Answered | null} answer
   */
  function settle(id, answer) {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  }

  /**
   * @param {Worker} worker
   * @param {Asked} question
   * @param {Transferable[]} [given] Away to the worker.
   * @returns {Promise<Answered | null>} Null where it ended.
   */
  function ask(worker, question, given = []) {
    const id = ++asked;
    return new Promise((done) => {
      waiting.set(id, done);
      worker.postMessage({ id, ...question }, given);
    });
  }

  /**
   * @param {Asked} question
   * @param {Transferable[]} [given]
   */
  async function tell(question, given) {
    const worker = await load();
    if (typeof worker === "string") return null;
    const answer = await ask(worker, question, given);
    if (!answer) broke("worker");
    return answer;
  }

  return {
    load,

    /** Whether it was asked to load. */
    get began() {
      return loading !== null;
    },
    /** How much is done for a picture, on a device that is slow. */
    get mode() {
      return mode;
    },
    /** Milliseconds from the first question to a worker that reads. */
    get ready_ms() {
      return ready_ms;
    },
    /** Milliseconds to wait before the next picture. */
    get rest_ms() {
      return rest_ms;
    },

    /**
     * @param {object} frame
     * @param {Picture} frame.picture Away to the worker.
     * @param {number} frame.width Of the source.
     * @param {number} frame.height
     * @param {number} frame.time_s
     * @param {Before | null} frame.before
     * @param {Settings} frame.wish
     * @param {boolean} frame.film Whether it is of a film.
     * @returns {Promise<LiveFaces | null>} Null where it could not be read.
     */
    async read({ picture, ...frame }) {
      const answer = await tell({ do: "frame", picture, ...frame }, [picture]);
      if (!answer || !("answer" in answer)) return null;
      ({ mode, rest_ms } = answer);
      return answer.answer;
    },

    clear: () => tell({ do: "clear" }),

    /**
     * @param {"csv" | "json"} kind
     * @param {Settings} wish
     */
    async export(kind, wish) {
      const answer = await tell({ do: "export", kind, wish });
      return answer && "text" in answer ? answer.text : null;
    },
  };
}

/**
 * The same files by addresses that a worker understands: the page's are seen from its base.
 *
 * @param {Files} files
 * @returns {Files}
 */
function absolute({ engine, detector, mini, readable }) {
  const whole = (/** @type {string} */ url) => new URL(url, document.baseURI).href;
  const found = (/** @type {WeightsFile} */ file) => ({ ...file, url: whole(file.url) });
  return {
    engine: whole(engine),
    detector: found(detector),
    mini: found(mini),
    readable: readable && found(readable),
  };
}

const makeWorker = () =>
  new Worker(new URL("../vision/worker.js", import.meta.url), { type: "module" });
