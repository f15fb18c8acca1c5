import assert from "node:assert/strict";
import { test } from "node:test";
import { worthABar } from "../../mood/page/static/photo/cards.js";
import { EXPRESSIONS, faceOf } from "./samples.js";

const shownOf = (probabilities, unknown = []) =>
  worthABar({ probabilities: { ...none, ...probabilities }, unknown }, EXPRESSIONS);
const none = Object.fromEntries(EXPRESSIONS.map((name) => [name, 0]));

test("what is under one percent stands together, and the rest in its order", () => {
  const face = { fear: 0.05, happiness: 0.93, anger: 0.01, neutral: 0.0099 };
  assert.deepEqual(shownOf(face), [["happiness", "fear", "anger"], 5]);
});

test("a face that could be anything keeps all its bars", () => {
  const [shown, others] = worthABar(faceOf(null, { probability: 0.3 }), EXPRESSIONS);
  assert.deepEqual([shown.length, others], [EXPRESSIONS.length, 0]);
});

test("a single one under one percent keeps its name", () => {
  const face = Object.fromEntries(EXPRESSIONS.map((name) => [name, 0.14]));
  const [shown, others] = shownOf({ ...face, contempt: 0.004 });
  assert.deepEqual([shown.at(-1), shown.length, others], ["contempt", EXPRESSIONS.length, 0]);
});

test("what the network was never taught is no little share", () => {
  const [shown, others] = shownOf({ happiness: 0.99 }, ["contempt"]);
  assert.deepEqual([shown, others], [["happiness", "contempt"], 6]);
});
