import assert from "node:assert/strict";
import { test } from "node:test";
import { createPace } from "../../mood/page/static/live/pace.js";

/** Answers that each take `ms`, one every `every` milliseconds from `from` on. */
function measure(pace, { ms, every = ms, times = 30, from = 0 }) {
  for (let at = 1; at <= times; at++) pace.measure(from + at * every - ms, from + at * every);
  return from + times * every;
}

test("the rate is that of the last three seconds", () => {
  const pace = createPace();
  assert.equal(pace.rate, 0);
  pace.measure(0, 100);
  assert.equal(pace.rate, 0, "one answer has no rate");
  const now = measure(pace, { ms: 20, every: 500, times: 20, from: 100 });
  assert.equal(pace.rate, 2);
  measure(pace, { ms: 20, every: 100, times: 40, from: now });
  assert.equal(pace.rate, 10);
});

test("two answers at the same moment have no rate yet", () => {
  const pace = createPace();
  pace.measure(0, 100);
  pace.measure(50, 100);
  assert.equal(pace.rate, 0);
});

test("frames get small when answers are slow, and large again only when they are quick", () => {
  const pace = createPace();
  assert.equal(pace.side, 640);
  let now = measure(pace, { ms: 500 });
  assert.equal(pace.side, 320);
  now = measure(pace, { ms: 200, from: now });
  assert.equal(pace.side, 320, "a middling pace changes nothing");
  measure(pace, { ms: 50, from: now });
  assert.equal(pace.side, 640);
});

test("one slow answer among quick ones changes nothing", () => {
  const pace = createPace();
  const now = measure(pace, { ms: 50 });
  pace.measure(now, now + 1500);
  assert.equal(pace.side, 640);
  assert.ok(Math.abs(pace.roundTrip - 340) < 1);
});

test("a new run counts anew but knows how long answers took", () => {
  const pace = createPace();
  measure(pace, { ms: 500 });
  pace.restart();
  assert.equal(pace.rate, 0);
  assert.equal(pace.side, 320);
});
