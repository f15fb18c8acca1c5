import assert from "node:assert/strict";
import { test } from "node:test";
import { createHistory, mostly, pointAt, stretches } from "../../mood/page/static/live/history.js";
import { clock, joined } from "../../mood/page/static/live/session.js";

const faceOf = (number, expression = "fear", verdict = "certain") => ({
  number,
  verdict,
  expression,
  shares: [1],
  all: [1],
  box: [0, 0, 50, 50],
  missing: false,
  stayed: true,
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

test("a face that did not stay is not kept", () => {
  const history = createHistory();
  history.remember({ ...faceOf(1), stayed: false }, 0);
  assert.deepEqual(history.rows(), []);
});

const pointsOf = (...points) => points.map(([time, mood = "fear"]) => ({ time, mood }));

test("a stretch goes on until the mood changes, or the face was away for more than three seconds", () => {
  const points = pointsOf([0], [1], [2, "anger"], [5, "anger"], [8.5, "anger"], [9]);
  assert.deepEqual(stretches(points), [
    { mood: "fear", begin: 0, end: 2 },
    { mood: "anger", begin: 2, end: 5 },
    { mood: "anger", begin: 8.5, end: 9 },
    { mood: "fear", begin: 9, end: 9 },
  ]);
  assert.deepEqual(stretches([]), []);
});

test("a moment shows the newest point before it, unless the face was away", () => {
  const points = pointsOf([1], [2, "anger"]);
  assert.equal(pointAt(points, 0.5), null);
  assert.equal(pointAt(points, 1.9)?.mood, "fear");
  assert.equal(pointAt(points, 4.9)?.mood, "anger");
  assert.equal(pointAt(points, 5.1), null);
});

test("two parts of a session weigh as long as they lasted", () => {
  const first = { watched_s: 30, shares: { fear: 1 }, uncertain: 0, changes: 2 };
  const second = { watched_s: 10, shares: { fear: 0, anger: 0.6 }, uncertain: 0.4, changes: 1 };
  assert.deepEqual(joined(first, second), {
    watched_s: 40,
    shares: { fear: 0.75, anger: 0.15 },
    uncertain: 0.1,
    changes: 3,
  });
  const nothing = { watched_s: 0, shares: {}, uncertain: 0, changes: 0 };
  assert.deepEqual(joined(nothing, nothing), nothing);
});

test("a face shows mostly what most of its points show, the first of equals", () => {
  const show = (...moods) => mostly(moods.map((mood) => ({ mood })));
  assert.equal(show("fear", "anger", "anger"), "anger");
  assert.equal(show("fear", "uncertain"), "fear");
});

test("time is told in minutes and seconds", () => {
  assert.deepEqual([0, 9.6, 61, 3599.7].map(clock), ["0:00", "0:10", "1:01", "60:00"]);
});

test("of a film all is kept, and what is seen again takes the place of what was seen before", () => {
  const history = createHistory();
  history.begin(300);
  const see = (time, mood = "fear") => {
    history.pass(time);
    history.remember(faceOf(1, mood), time);
  };
  for (let time = 0; time <= 200; time += 1) see(time);
  history.forget(200);
  const points = () => history.rows()[0][1];
  assert.equal(points().length, 201);
  for (let time = 50; time <= 60; time += 1) see(time, "anger");
  const times = timesOf(points());
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  assert.equal(pointAt(points(), 55).mood, "anger");
  assert.equal(pointAt(points(), 61.5).mood, "fear");
  assert.ok(points().length < 205);
  history.begin(0);
  assert.deepEqual(history.rows(), []);
});

test("a film of hours has fewer points, and no gaps for that", () => {
  const history = createHistory();
  history.begin(7200);
  for (let time = 0; time < 7200; time += 0.5) {
    history.pass(time);
    history.remember(faceOf(1), time);
  }
  const [[, points]] = history.rows();
  assert.ok(points.length <= 1000, `${points.length}`);
  assert.equal(stretches(points, history.gap).length, 1);
});
