// Asking a server that is busy again by itself, when it said to, and saying so meanwhile.

/** @import { Refusal } from "./types.d.ts" */
/** @import { Words } from "./words.js" */

/** @typedef {ReturnType<typeof createPatience>} Patience */

/**
 * What the server says; where it says nothing, that it is `lost`.
 *
 * @template Data
 * @template {object} Found
 * @param {(data: Data) => Promise<Found | Refusal | null>} question
 * @param {Data} data
 * @returns {Promise<Found | Refusal>}
 */
export async function ask(question, data) {
  try {
    return (await question(data)) ?? { error: "lost" };
  } catch {
    return { error: "lost" };
  }
}

/** @param {number} ms */
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const ALL_MS = 120_000; // from the first question to the last
const MOST_S = 24; // with what chance adds, a pause is never longer than 30 s
const USUAL_S = 5; // where the server does not say when
const AWAY_S = [2, 4, 8, 16]; // before it is asked whether it is there again; the last one stays

/**
 * Whether the server would answer the same question later.
 *
 * @param {object} answer
 * @param {boolean} [again] It was busy before: then it is lost while it makes way for the next one.
 * @returns {answer is Refusal}
 */
export const isBusy = (answer, again = false) =>
  "error" in answer &&
  (answer.error === "busy" || answer.error === "share" || (again && answer.error === "lost"));

/**
 * For how long to leave a busy server alone: chance keeps those who came together from coming back
 * together.
 *
 * @param {number | undefined} retryAfter Seconds that the server wants.
 * @param {() => number} [chance]
 * @returns {number} Milliseconds.
 */
export function pauseFor(retryAfter, chance = Math.random) {
  const wanted = Math.min(MOST_S, Math.max(1, retryAfter || USUAL_S));
  return 1000 * wanted * (1 + chance() / 4);
}

/**
 * @param {Words} words
 * @param {object} [given]
 * @param {() => number} [given.now] Milliseconds.
 * @param {(ms: number) => Promise<unknown>} [given.sleep]
 * @param {() => number} [given.chance]
 */
export function createPatience(words, given = {}) {
  const now = given.now ?? (() => performance.now());
  const rest = given.sleep ?? sleep;

  /**
   * Leaves the server alone for a while, and says so.
   *
   * @param {string} key Of the words to say.
   * @param {number} pause Milliseconds.
   * @param {(sentence: string) => void} waiting
   * @param {Promise<unknown>} left
   */
  async function pauseWith(key, pause, waiting, left) {
    waiting(words.say(key, { seconds: words.number(Math.ceil(pause / 1000)) }));
    await Promise.race([rest(pause), left]);
  }

  /**
   * The answer of a server that may be busy for up to two minutes.
   *
   * @template Data
   * @template {object} Found
   * @param {(data: Data) => Promise<Found | Refusal | null>} question
   * @param {Data} data
   * @param {(sentence: string) => void} waiting Says that it is asked again; an empty text ends
   *   that.
   * @param {AbortSignal} [leaving] Nobody wants the answer any more.
   * @returns {Promise<Found | Refusal>}
   */
  async function insist(question, data, waiting, leaving) {
    const end = now() + ALL_MS;
    const left = aborted(leaving);
    let answer = await ask(question, data);
    for (let again = false; isBusy(answer, again); again = true) {
      const pause = pauseFor(answer.retry_after_s, given.chance);
      if (now() + pause > end) break;
      const key = answer.error === "share" ? "share_again" : "busy_again";
      await pauseWith(key, pause, waiting, left);
      waiting("");
      if (leaving?.aborted) break;
      answer = await ask(question, data);
    }
    return answer;
  }

  /**
   * Waits for a server that is away, as it is while it starts anew, for as long as that takes.
   *
   * @param {() => Promise<boolean>} isThere
   * @param {(sentence: string) => void} waiting See `insist`.
   * @param {AbortSignal} leaving Nobody waits any more.
   */
  async function outlast(isThere, waiting, leaving) {
    const left = aborted(leaving);
    for (let round = 0; !leaving.aborted; round++) {
      const pause = pauseFor(AWAY_S[Math.min(round, AWAY_S.length - 1)], given.chance);
      await pauseWith("lost_again", pause, waiting, left);
      if (leaving.aborted || (await isThere())) break;
    }
    waiting("");
  }

  return { insist, outlast, sleep: rest };
}

/** @param {AbortSignal} [signal] */
const aborted = (signal) => new Promise((done) => signal?.addEventListener("abort", done));
