import assert from "node:assert/strict";
import { test } from "node:test";
import { createHistory, mostly, pieces } from "../../mood/page/static/live/history.js";
import { clock } from "../../mood/page/static/live/session.js";

const faceOf = (number, expression = "fear", verdict = "certain") => ({
  number,
  verdict,
  expression,
  shares: [1],
  missing: false,
});
const timesOf = (points) => points.map(({ time }) => time);

test("points are kept five times a second at most, and whenever the mood changes", () => {
  const history = createHistory();
  for (const [time, mood] of [
    [0, "fear"],
    [0.1, "fear"],
    [0.15, null],
    [0.2, null],
    [0.4, null],
  ]) {
    history.remember(faceOf(1, mood), time);
  }
  const [[number, points]] = history.rows();
  assert.equal(number, 1);
  assert.deepEqual(
    points.map(({ time, mood }) => [time, mood]),
    [
      [0, "fear"],
      [0.15, "uncertain"],
      [0.4, "uncertain"],
    ],
  );
});

test("what cannot be read is not kept", () => {
  const history = createHistory();
  history.remember(faceOf(1, null, "unreadable"), 0);
  assert.deepEqual(history.rows(), []);
  history.remember(faceOf(1), 1);
  history.remember(faceOf(1, null, "unreadable"), 2);
  assert.deepEqual(timesOf(history.rows()[0][1]), [1]);
});

test("what is older than two minutes is forgotten, and faces with it", () => {
  const history = createHistory();
  history.remember(faceOf(1), 0);
  history.remember(faceOf(2), 10);
  history.remember(faceOf(2), 100);
  history.forget(121);
  assert.deepEqual(
    history.rows().map(([number, points]) => [number, timesOf(points)]),
    [[2, [10, 100]]],
  );
  history.forget(131);
  assert.deepEqual(timesOf(history.rows()[0][1]), [100]);
});

test("of many faces those are shown that were seen last, in the order of their coming", () => {
  const history = createHistory();
  for (const [number, time] of [
    [1, 0],
    [2, 0],
    [3, 1],
    [1, 5],
  ]) {
    history.remember(faceOf(number), time);
  }
  assert.deepEqual(history.latest(2), new Set([1, 3]));
  assert.deepEqual(
    history.rows().map(([number]) => number),
    [1, 2, 3],
  );
  history.clear();
  assert.deepEqual(history.rows(), []);
});

test("a gap of more than three seconds ends a piece", () => {
  const points = [0, 1, 4, 7.5, 8].map((time) => ({ time }));
  assert.deepEqual(pieces(points).map(timesOf), [
    [0, 1, 4],
    [7.5, 8],
  ]);
  assert.deepEqual(pieces([]), []);
});

test("a face shows mostly what most of its points show, the first of equals", () => {
  const show = (...moods) => mostly(moods.map((mood) => ({ mood })));
  assert.equal(show("fear", "anger", "anger"), "anger");
  assert.equal(show("fear", "uncertain"), "fear");
});

test("time is told in minutes and seconds", () => {
  assert.deepEqual([0, 9.6, 61, 3599.7].map(clock), ["0:00", "0:10", "1:01", "60:00"]);
});
