// How much is done for a frame on this device: where frames take too long, less is; and more again
// where there is room to spare.

/** @import { Mode } from "./types.d.ts" */

/** @typedef {ReturnType<typeof createModes>} Modes */

const LIMIT_MS = 250; // a frame that takes longer is too slow
const NEWEST = 0.2; // weight of the last frame
const FRAMES = 5; // so many tell something
const PATIENCE_MS = 5000; // for so long there must be room; twice as long after each vain attempt
const MOST_PATIENCE_MS = 80_000;

/**
 * From most to least, each with the time below which the one before fits into the limit: the mirror
 * image at most doubles a frame, the closer look makes it eight times as long, a rest nothing.
 *
 * @type {{ mode: Mode, roomy: number }[]}
 */
const STEPS = [
  { mode: "full", roomy: 0 },
  { mode: "plain", roomy: 100 },
  { mode: "small", roomy: 30 },
  { mode: "slow", roomy: 200 },
];

export function createModes() {
  let at = 0;
  let took = 0; // milliseconds, smoothed
  let frames = 0; // in this mode
  let patience = PATIENCE_MS;
  /** @type {number | null} */
  let roomySince = null;
  let climbed = Number.NEGATIVE_INFINITY; // when more was tried last

  /** @param {number} next */
  function change(next) {
    at = next;
    frames = 0;
    roomySince = null;
  }

  /** @param {number} now */
  function lessen(now) {
    const vain = now - climbed < PATIENCE_MS;
    patience = vain ? Math.min(2 * patience, MOST_PATIENCE_MS) : patience;
    change(at + 1);
  }

  /** @param {number} now */
  function climb(now) {
    climbed = now;
    change(at - 1);
  }

  return {
    get mode() {
      return STEPS[at].mode;
    },

    /** Milliseconds to do nothing after a frame: in the slow mode as long as it took. */
    get rest() {
      return STEPS[at].mode === "slow" ? Math.round(took) : 0;
    },

    /**
     * @param {number} ms How long a frame took.
     * @param {number} now Milliseconds.
     */
    measure(ms, now) {
      took = frames ? (1 - NEWEST) * took + NEWEST * ms : ms;
      frames++;
      roomySince = took < STEPS[at].roomy ? (roomySince ?? now) : null;
      if (frames < FRAMES) return;
      if (took > LIMIT_MS && at < STEPS.length - 1) lessen(now);
      else if (roomySince !== null && now - roomySince >= patience) climb(now);
    },
  };
}
