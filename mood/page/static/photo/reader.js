// Has the photos of the album read, one after the other, and says what takes so long.

/** @import { Answer, Captions, Options, Payload, PhotoServer, Refusal } from "../shared/types.d.ts" */
/** @import { Patience } from "../shared/patience.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Photo } from "./shelf.js" */

import { ask, sleep } from "../shared/patience.js";
import { asked } from "../shared/settled.js";
import { refusalOf } from "./payload.js";

/** @typedef {ReturnType<typeof createReader>} Reader */

const SLOW_MS = 1500;
const TRIES = 3; // of a photo that was lost with the server: it may be what ends it
const FAILED = /** @type {Refusal} */ ({ error: "error" });

/**
 * @param {object} given
 * @param {Album} given.album
 * @param {PhotoServer} given.server
 * @param {Words} given.words
 * @param {() => Options} given.options What the visitor wants at the moment.
 * @param {Pick<Patience, "insist" | "outlast">} given.patience
 * @param {(file: File, waiting: (sentence: string) => void) => Promise<Payload>} given.pack
 * @param {(text: string, share?: number | null) => void} given.busy Shows what is done, and how
 *   much of it; an empty text ends that.
 * @param {(sentence: string) => void} given.waiting Says that the server is asked again.
 * @param {(photo: Photo) => void} given.done Called for each photo.
 * @param {number} [given.slowMs] After how long it is asked what takes so long.
 */
export function createReader(given) {
  const { album, server, words, options, patience, pack, busy, waiting, done } = given;
  const { slowMs = SLOW_MS } = given;
  let working = false;
  let resting = false; // the server is left alone for a while
  /** @type {Photo | null} */
  let current = null;
  let leaving = new AbortController(); // of the current photo

  album.onChange(() => {
    if (current && !album.photos.includes(current)) leaving.abort();
  });

  /** Reads all that wait, and those that come meanwhile. */
  async function work() {
    if (working) return;
    working = true;
    const began = album.waiting;
    for (let photo = album.next; photo; photo = album.next) {
      const all = Math.max(began, album.waiting);
      const at = all - album.waiting + 1;
      current = photo;
      leaving = new AbortController();
      const tell = () => {
        if (all > 1)
          busy(
            words.say("working_many", { done: words.number(at), all: words.number(all) }),
            (at - 1) / all,
          );
        else busy(words.say("working"));
      };
      tell();
      const chosen = asked(options());
      const reading = read(photo, chosen, (sentence) => {
        resting = Boolean(sentence);
        if (resting) waiting(sentence);
        else tell();
      });
      const answer = await watched(reading, chosen).catch(() => FAILED);
      try {
        album.settle(photo, answer, chosen);
        done(photo);
      } catch (error) {
        console.error(error); // what cannot be shown of one photo keeps no other one waiting
      }
    }
    current = null;
    working = false;
    busy("");
  }

  /**
   * What is found in a photo; where the server goes away meanwhile, when it is there again.
   *
   * @param {Photo} photo
   * @param {Options} chosen
   * @param {(sentence: string) => void} rest
   * @returns {Promise<Answer | Refusal>}
   */
  async function read({ file }, chosen, rest) {
    const { signal } = leaving;
    const isThere = () => answers(chosen);
    for (let tries = 1; ; tries++) {
      const answer = await send(server.read_photo, file, chosen, rest, signal);
      if (!("error" in answer) || tries === TRIES) return answer;
      const lost = answer.error === "lost" || (answer.error === "upload" && !(await isThere()));
      if (!lost) return answer;
      await patience.outlast(isThere, rest, signal);
      if (signal.aborted) return answer;
    }
  }

  /**
   * Whether the server says anything.
   *
   * @param {Options} chosen
   */
  async function answers({ model, detector }) {
    const state = await ask(server.under_way, { model, detector });
    return !("error" in state && state.error === "lost");
  }

  /**
   * @template {object} Found
   * @template {Options} Chosen
   * @param {(data: Payload & Chosen) => Promise<Found | Refusal | null>} question
   * @param {File} file
   * @param {Chosen} chosen
   * @param {(sentence: string) => void} rest
   * @param {AbortSignal} [signal] That nobody wants the answer any more.
   * @returns {Promise<Found | Refusal>}
   */
  async function send(question, file, chosen, rest, signal) {
    /** @type {Payload} */
    let payload;
    try {
      payload = await pack(file, rest);
    } catch (error) {
      return refusalOf(error);
    }
    return patience.insist(question, { ...payload, ...chosen }, rest, signal);
  }

  /**
   * Says what takes so long, while it does.
   *
   * @template Found
   * @param {Promise<Found>} reading
   * @param {Options} chosen
   */
  async function watched(reading, { model, detector }) {
    let finished = false;
    const ended = reading.finally(() => {
      finished = true;
    });
    const pause = () => Promise.race([ended, sleep(slowMs)]);
    for (await pause(); !finished; await pause()) {
      if (resting) continue;
      const state = await server.under_way({ model, detector }).catch(() => null);
      if (finished || resting || !state || "error" in state) continue;
      const [download] = state.downloads;
      if (download) tellDownload(download);
      else if (!state.loaded) busy(words.say("waking"));
    }
    return reading;
  }

  /** @param {{ name: string, done: number, total: number }} download In bytes. */
  function tellDownload({ name, done: bytes, total }) {
    const [fetched, all] = [bytes, total].map((each) => words.number(each / 1e6, 1));
    const values = { model: shortName(name), done: fetched, all };
    busy(words.say("fetching", values), bytes / (total || 1));
  }

  /**
   * A photo that was read, with the frames drawn in by the server.
   *
   * @param {Photo} photo
   * @param {Captions & { labels?: boolean }} captions
   * @param {(sentence: string) => void} rest Says that the server is asked again; an empty text
   *   ends that.
   */
  function frame(photo, captions, rest) {
    const { labels } = options();
    const chosen = { ...(photo.options ?? options()), labels, ...captions };
    return send(server.annotate_photo, photo.file, chosen, rest);
  }

  return { work, frame };
}

/**
 * The file of a long address such as `hf://owner/repo/file.onnx@revision`.
 *
 * @param {string} name
 */
const shortName = (name) => name.replace(/^.*\//, "").replace(/@.*$/, "");
