// What many measurements come to.

/**
 * The value below which a share of the values lie; between two of them in proportion.
 *
 * @param {readonly number[]} values At least one.
 * @param {number} share From 0 to 1.
 */
export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}

/** @param {readonly number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {readonly number[]} values */
export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * How long some work takes, in milliseconds, once it is warm, which is when the browser has compiled
 * it for the second time: the median of rounds. In each round it is done several times, since
 * browsers tell the time in whole milliseconds, some of them.
 *
 * @param {() => unknown} work
 * @param {object} [given]
 * @param {number} [given.rounds]
 * @param {number} [given.warm] Rounds before those that count.
 * @param {number} [given.times]
 * @param {() => number} [given.now] Milliseconds.
 * @param {() => Promise<unknown>} [given.pause] Between two rounds.
 */
export async function timed(work, { rounds = 15, warm = 25, times = 4, ...given } = {}) {
  const { now = () => performance.now(), pause = breathe } = given;
  const took = [];
  for (let round = 0; round < warm + rounds; round++) {
    await pause();
    const begun = now();
    for (let time = 0; time < times; time++) work();
    took.push((now() - begun) / times);
  }
  return median(took.slice(warm));
}

/** Lets the page do what else it has to do. */
const breathe = () => new Promise((done) => setTimeout(done));
