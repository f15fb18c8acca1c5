import assert from "node:assert/strict";
import { test } from "node:test";
import { countKinds, litOf } from "../../mood/page/static/photo/filter.js";
import { ordered } from "../../mood/page/static/photo/order.js";
import { answerOf, faceOf, looks, unreadableOf } from "./samples.js";

const facesOf = (...faces) => answerOf(...faces).faces;

test("the legend counts what is uncertain, and last what cannot be read", () => {
  const faces = facesOf(unreadableOf("too_dark"), null, "fear", "anger", "fear", null, null);
  assert.deepEqual(countKinds(faces, looks.moods), [
    { kind: "fear", faces: 2 },
    { kind: "anger", faces: 1 },
    { kind: "uncertain", faces: 3 },
    { kind: "unreadable", faces: 1 },
  ]);
  const dark = facesOf(unreadableOf("too_dark"));
  assert.deepEqual(countKinds(dark, looks.moods), [{ kind: "unreadable", faces: 1 }]);
  assert.deepEqual(countKinds([], looks.moods), []);
});

test("what is pressed is lit, and all where nothing is", () => {
  const faces = facesOf("fear", null, unreadableOf("too_small"), "anger");
  const lit = (...pressed) => litOf(faces, new Set(pressed)).map(Number);
  assert.deepEqual(lit(), [1, 1, 1, 1]);
  assert.deepEqual(lit("fear"), [1, 0, 0, 0]);
  assert.deepEqual(lit("fear", "unreadable"), [1, 0, 1, 0]);
  assert.deepEqual(lit("uncertain"), [0, 1, 0, 0]);
});

test("cards are sorted by place, expression, certainty or size, without what cannot be read", () => {
  const faces = facesOf(
    faceOf("anger", { probability: 0.6, height: 20 }),
    faceOf("fear", { probability: 0.7, height: 90 }),
    unreadableOf("too_dark", { height: 300 }),
    faceOf(null, { probability: 0.4, height: 60 }),
    faceOf("fear", { probability: 0.9, height: 30 }),
    faceOf(null, { probability: 0.45, height: 40 }),
    faceOf(null, { probability: 0.3, height: 50 }),
  );
  assert.deepEqual(ordered(faces, "place"), [0, 1, 3, 4, 5, 6]);
  assert.deepEqual(ordered(faces, "expression"), [4, 1, 0, 5, 3, 6]);
  assert.deepEqual(ordered(faces, "certainty"), [4, 1, 0, 5, 3, 6]);
  assert.deepEqual(ordered(faces, "size"), [1, 3, 6, 5, 4, 0]);
  assert.deepEqual(ordered([], "size"), []);
});
