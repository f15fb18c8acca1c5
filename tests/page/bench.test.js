import assert from "node:assert/strict";
import { test } from "node:test";
import { mean, median, quantile, timed } from "../../mood/page/static/bench/figures.js";

test("the median is the middle value, or between the two in the middle", () => {
  assert.equal(median([9]), 9);
  assert.equal(median([10, 9, 100]), 10);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test("a share of the values lies below a quantile", () => {
  const values = Array.from({ length: 101 }, (_, at) => 100 - at);
  assert.equal(quantile(values, 0.95), 95);
  assert.equal(quantile(values, 0), 0);
  assert.equal(quantile(values, 1), 100);
  assert.equal(quantile([0, 10], 0.95), 9.5);
});

test("values stay in their order", () => {
  const values = [3, 1, 2];
  quantile(values, 0.5);
  assert.deepEqual(values, [3, 1, 2]);
  assert.equal(mean(values), 2);
});

test("what work takes is the median of rounds, without the first ones, in which it warms up", async () => {
  let now = 0;
  let done = 0;
  const work = () => {
    now += done++ < 8 ? 100 : 5;
  };
  const clock = { now: () => now, pause: async () => (now += 1000) };
  assert.equal(await timed(work, { rounds: 3, warm: 2, times: 4, ...clock }), 5);
  assert.equal(done, 20);
});
