import assert from "node:assert/strict";
import { test } from "node:test";
import { moodOf } from "../../mood/page/static/shared/looks.js";
import { countShares, timeShares } from "../../mood/page/static/shared/shares.js";
import { looks } from "./samples.js";

const sum = (shares) => shares.reduce((total, { share }) => total + share, 0);
const names = (shares) => shares.map(({ mood }) => mood);

test("a face without an expression is uncertain", () => {
  assert.equal(moodOf(null), "uncertain");
  assert.equal(moodOf("fear"), "fear");
});

test("faces are counted: the most frequent first, uncertain last", () => {
  const faces = ["uncertain", "fear", "uncertain", "happiness", "happiness", "uncertain"];
  const shares = countShares(faces, looks.moods);
  assert.deepEqual(names(shares), ["happiness", "fear", "uncertain"]);
  assert.deepEqual(
    shares.map(({ share }) => share),
    [2 / 6, 1 / 6, 3 / 6],
  );
  assert.deepEqual(
    shares.map((each) => each.faces),
    [2, 1, 3],
  );
  assert.ok(Math.abs(sum(shares) - 1) < 1e-9);
});

test("nobody has no shares", () => {
  assert.deepEqual(countShares([], looks.moods), []);
});

test("equally frequent ones stand in the order that is asked for", () => {
  assert.deepEqual(names(countShares(["fear", "anger"], ["fear", "anger"])), ["fear", "anger"]);
  assert.deepEqual(names(countShares(["fear", "anger"], looks.moods)), ["anger", "fear"]);
});

test("a session keeps its order, and what is too little is left out", () => {
  const summary = { shares: { happiness: 0.2, neutral: 0.496, fear: 0.004 }, uncertain: 0.3 };
  const shares = timeShares(summary, looks.moods);
  assert.deepEqual(names(shares), ["neutral", "happiness", "uncertain"]);
});

test("a session in which nobody was seen has no shares", () => {
  assert.deepEqual(timeShares({ shares: {}, uncertain: 0 }, looks.moods), []);
});
