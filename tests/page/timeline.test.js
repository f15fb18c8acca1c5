import assert from "node:assert/strict";
import { test } from "node:test";
import { axisAt, shareOf, ticksOf } from "../../mood/page/static/live/axis.js";
import { createPassed } from "../../mood/page/static/live/passed.js";
import { nameAt } from "../../mood/page/static/live/still.js";

test("the axis begins at the start and grows, until two minutes are full", () => {
  assert.deepEqual(axisAt(0), { from: 0, span: 30 });
  assert.deepEqual(axisAt(30), { from: 0, span: 30 });
  assert.deepEqual(axisAt(31), { from: 0, span: 60 });
  assert.deepEqual(axisAt(61), { from: 0, span: 120 });
  assert.deepEqual(axisAt(150), { from: 30, span: 120 });
});

test("what is shown grows to the right from the left edge", () => {
  const places = [0, 3, 15, 29].map((time) => shareOf(axisAt(time), time));
  assert.deepEqual(places, [0, 0.1, 0.5, 29 / 30]);
  assert.equal(shareOf(axisAt(150), 10), 0, "what is older stays in");
});

test("ticks are round, and few enough for a phone", () => {
  for (const time of [0, 40, 100, 133, 4000]) {
    const axis = axisAt(time);
    const ticks = ticksOf(axis, 6);
    assert.ok(ticks.length >= 4 && ticks.length <= 7, `${ticks}`);
    assert.ok(ticksOf(axis, 3).length <= 4);
    assert.ok(ticks.every((tick) => tick % 5 === 0));
    assert.ok(ticks[0] >= axis.from && ticks[ticks.length - 1] <= axis.from + axis.span);
  }
});

test("time goes on while the server is away, and after it started anew", () => {
  let now = 5000;
  const passed = createPassed(() => now);
  assert.equal(passed.time, 0);
  assert.equal(passed.take(100), 100);
  now += 20_000;
  assert.equal(passed.time, 120);
  assert.equal(passed.take(0), 120, "a server that knows nothing of the time before");
  assert.equal(passed.take(3), 123);
  passed.clear();
  assert.equal(passed.time, 0);
  assert.equal(passed.take(1), 1);
});

test("a photo from the camera is named by the time of day", () => {
  assert.equal(nameAt(new Date(2026, 1, 3, 9, 5, 7)), "camera-09-05-07.jpg");
});
