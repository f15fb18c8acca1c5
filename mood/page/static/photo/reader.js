// Has the photos of the album read, one after the other, and says what takes so long.

/** @import { Answer, Options, Payload, PhotoServer, Refusal } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album, Photo } from "./album.js" */

/** @typedef {ReturnType<typeof createReader>} Reader */

const SLOW_MS = 1500;

/**
 * @param {object} given
 * @param {Album} given.album
 * @param {PhotoServer} given.server
 * @param {Words} given.words
 * @param {number} given.maxMb Of an upload.
 * @param {() => Options} given.options What the visitor wants at the moment.
 * @param {(file: File) => Promise<Payload>} given.pack
 * @param {(text: string, share?: number | null) => void} given.busy Shows what is done, and how
 *   much of it; an empty text ends that.
 * @param {(photo: Photo) => void} given.done Called for each photo.
 * @param {number} [given.slowMs] After how long it is asked what takes so long.
 */
export function createReader(given) {
  const { album, server, words, maxMb, options, pack, busy, done, slowMs = SLOW_MS } = given;
  let working = false;

  /** Reads all that wait, and those that come meanwhile. */
  async function work() {
    if (working) return;
    working = true;
    const began = album.waiting;
    for (let photo = album.next; photo; photo = album.next) {
      const all = Math.max(began, album.waiting);
      const at = all - album.waiting + 1;
      if (all > 1) busy(words.say("working_many", { done: at, all }), (at - 1) / all);
      else busy(words.say("working"));
      const chosen = options();
      album.settle(photo, await watched(read(photo, chosen), chosen), chosen);
      done(photo);
    }
    working = false;
    busy("");
  }

  /**
   * @param {Photo} photo
   * @param {Options} chosen
   * @returns {Promise<Answer | Refusal>}
   */
  async function read({ file }, chosen) {
    const tooLarge = file.size > maxMb * 1_000_000 && !file.type.startsWith("image/");
    return tooLarge ? { error: "too_large" } : ask(server.read_photo, request(file, chosen));
  }

  /**
   * @param {File} file
   * @param {Options} chosen
   */
  const request = async (file, chosen) => ({ ...(await pack(file)), ...chosen });

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
    const pause = () => Promise.race([ended, new Promise((wake) => setTimeout(wake, slowMs))]);
    for (await pause(); !finished; await pause()) {
      const state = await server.under_way({ model, detector }).catch(() => null);
      if (finished || !state || "error" in state) continue;
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
   * A photo that was read, with the frames drawn in.
   *
   * @param {Photo} photo
   */
  function frame(photo) {
    const { labels } = options();
    const chosen = { ...(photo.options ?? options()), labels };
    return ask(server.annotate_photo, request(photo.file, chosen));
  }

  return { work, frame };
}

/**
 * The file of a long address such as `hf://owner/repo/file.onnx@revision`.
 *
 * @param {string} name
 */
const shortName = (name) => name.replace(/^.*\//, "").replace(/@.*$/, "");

/**
 * What the server says; where it says nothing, that it is `lost`.
 *
 * @template Data
 * @template {object} Found
 * @param {(data: Data) => Promise<Found | Refusal | null>} question
 * @param {Data | Promise<Data>} data
 * @returns {Promise<Found | Refusal>}
 */
export async function ask(question, data) {
  try {
    return (await question(await data)) ?? { error: "lost" };
  } catch {
    return { error: "lost" };
  }
}
