// How fast answers come, and how large the frames may be at that pace.

/** @typedef {ReturnType<typeof createPace>} Pace */

const SIDES = { large: 640, small: 320 }; // pixels of the longer side of a frame that is sent
const SLOW_MS = 400; // round trips longer than this get small frames
const WINDOW_MS = 3000; // the rate is that of the answers of so long

export function createPace() {
  /** @type {number[]} */
  let arrivals = [];
  let roundTrip = 0;
  let side = SIDES.large;

  return {
    /** Most pixels of the longer side of the next frame. */
    get side() {
      return side;
    },
    /** Milliseconds from a frame to its answer, smoothed. */
    get roundTrip() {
      return roundTrip;
    },
    /** Answers a second, of late; 0 where there were fewer than two. */
    get rate() {
      const took = arrivals.length ? arrivals[arrivals.length - 1] - arrivals[0] : 0;
      return took ? (1000 * (arrivals.length - 1)) / took : 0;
    },

    /** Counts anew; how long answers take is remembered. */
    restart() {
      arrivals = [];
    },

    /**
     * @param {number} sent When a frame was sent, in milliseconds.
     * @param {number} now When its answer came.
     */
    measure(sent, now) {
      arrivals = [...arrivals, now].filter((then) => now - then < WINDOW_MS);
      roundTrip = roundTrip ? 0.8 * roundTrip + 0.2 * (now - sent) : now - sent;
      if (roundTrip > SLOW_MS) side = SIDES.small;
      else if (roundTrip < SLOW_MS / 4) side = SIDES.large;
    },
  };
}
