import assert from "node:assert/strict";
import { test } from "node:test";
import { createModes } from "../../../mood/page/static/vision/modes.js";

/** What a frame costs on a device, in milliseconds, by mode. */
const device = (slowness) => ({
  full: 60 * slowness,
  plain: 45 * slowness,
  small: 15 * slowness,
  slow: 15 * slowness,
});

function createClock() {
  let now = 0;
  const modes = createModes();
  return {
    modes,
    /** Frames one after another for so long; which modes there were. */
    watch(costs, seconds) {
      const seen = [modes.mode];
      for (const until = now + 1000 * seconds; now < until; ) {
        const took = costs[modes.mode];
        now += took + modes.rest;
        modes.measure(took, now);
        if (seen.at(-1) !== modes.mode) seen.push(modes.mode);
      }
      return seen;
    },
  };
}

test("a quick device does everything for every frame", () => {
  const { modes, watch } = createClock();
  assert.deepEqual(watch(device(1), 60), ["full"]);
  assert.equal(modes.rest, 0);
});

test("a slow device leaves out the mirror image, then looks smaller, then rests", () => {
  assert.deepEqual(createClock().watch(device(5), 30), ["full", "plain"]);
  assert.deepEqual(createClock().watch(device(8), 30), ["full", "plain", "small"]);
  const { modes, watch } = createClock();
  assert.deepEqual(watch(device(30), 60), ["full", "plain", "small", "slow"]);
  assert.equal(modes.rest, 450);
});

test("what was left out comes back where there is room to spare, and not at once", () => {
  const { watch } = createClock();
  watch(device(30), 30);
  assert.deepEqual(watch(device(1), 4), ["slow"]);
  assert.deepEqual(watch(device(1), 30), ["slow", "small", "plain", "full"]);
});

test("a device that is nearly too slow stays as it is", () => {
  const { watch } = createClock();
  watch(device(5), 30);
  assert.deepEqual(watch(device(4), 120), ["plain"]);
});

test("who tries more in vain tries ever more seldom", () => {
  const { watch } = createClock();
  const costs = { full: 400, plain: 90, small: 20, slow: 20 };
  const tries = (seconds) => watch(costs, seconds).filter((mode) => mode === "full").length;
  assert.ok(tries(60) > 2);
  tries(240);
  assert.ok(tries(60) < 2);
});

test("one slow frame changes nothing", () => {
  const modes = createModes();
  for (let at = 0; at < 20; at++) modes.measure(at === 10 ? 900 : 30, 40 * at);
  assert.equal(modes.mode, "full");
});
