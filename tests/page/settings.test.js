import assert from "node:assert/strict";
import { test } from "node:test";
import { createHistory } from "../../mood/page/static/live/history.js";
import { judgedAnew, shownOf } from "../../mood/page/static/live/judge.js";
import { createSettings } from "../../mood/page/static/shared/settings.js";
import { EXPRESSIONS, OPTIONS } from "./samples.js";

const ALL = [0.1, 0.2, 0.6, 0.1, 0, 0, 0, 0]; // surprise, then happiness
const WISH = { ...OPTIONS, certainty: 0, smallest_face: 0 };

const faceOf = (changes = {}) => ({
  number: 1,
  box: [0, 0, 100, 100],
  verdict: "certain",
  reason: null,
  expression: "surprise",
  missing: false,
  stayed: true,
  shares: ALL,
  ...changes,
});

test("whoever listens hears of every change, and of what is not done yet", () => {
  const settings = createSettings();
  const heard = [];
  settings.onChange((done) => heard.push([done, settings.value.certainty]));
  settings.change({ certainty: 0.4 }, false);
  settings.change({ certainty: 0.5 });
  assert.deepEqual(heard, [
    [false, 0.4],
    [true, 0.5],
  ]);
});

test("small faces and those that cannot be read are shown where they are wanted", () => {
  const faces = [faceOf(), faceOf({ box: [0, 0, 9, 30.04] }), faceOf({ verdict: "unreadable" })];
  const shown = (wish) => shownOf(faces, EXPRESSIONS, { ...WISH, ...wish }).length;
  assert.equal(shown({}), 3);
  assert.equal(shown({ smallest_face: 30 }), 3);
  assert.equal(shown({ smallest_face: 31 }), 2);
  assert.equal(shown({ smallest_face: 31, show_unreadable: false }), 1);
});

test("probabilities of what counts sum to one, and the others are kept for later", () => {
  const [face] = shownOf([faceOf()], EXPRESSIONS, { ...WISH, expressions: ["neutral", "fear"] });
  assert.deepEqual(
    face.shares.map((share) => Math.round(share)),
    [1, 0, 0, 0, 0, 0, 0, 0],
  );
  assert.equal(face.all, ALL);
});

test("a face is judged anew by what counts and by what is certain", () => {
  const judged = (wish, changes) =>
    judgedAnew(faceOf(changes), EXPRESSIONS, { ...WISH, ...wish }, 0.5).expression;
  assert.equal(judged({}), "surprise");
  assert.equal(judged({ certainty: 0.65 }), null);
  assert.equal(judged({ expressions: ["happiness", "neutral"] }), "happiness");
  assert.equal(judged({ expressions: ["happiness", "neutral"], certainty: 0.8 }), null);
  const dark = { verdict: "unreadable", expression: null };
  assert.equal(judged({ certainty: 0.05 }, dark), null);
});

test("the line of time follows the settings, back and forth", () => {
  const history = createHistory();
  for (const [number, height, time] of [
    [1, 100, 0],
    [2, 40, 1],
  ]) {
    const face = faceOf({ number, box: [0, 0, 50, height] });
    history.remember(shownOf([face], EXPRESSIONS, WISH)[0], time);
  }
  const moods = (wish) => {
    history.settle(EXPRESSIONS, { ...WISH, ...wish }, 0.5);
    return history.rows().map(([number, [point]]) => [number, point.mood]);
  };
  assert.deepEqual(moods({ certainty: 0.9 }), [
    [1, "uncertain"],
    [2, "uncertain"],
  ]);
  assert.deepEqual(moods({ expressions: ["happiness", "neutral"], smallest_face: 50 }), [
    [1, "happiness"],
  ]);
  assert.deepEqual([...history.latest(6)], [1]);
  assert.deepEqual(moods({}), [
    [1, "surprise"],
    [2, "surprise"],
  ]);
});
