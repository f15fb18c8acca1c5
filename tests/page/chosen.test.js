import assert from "node:assert/strict";
import { test } from "node:test";
import { albumOf, answerOf, faceOf, OPTIONS, unreadableOf } from "./samples.js";

test("the largest face is chosen until somebody chooses another one", () => {
  const album = albumOf("a.jpg", "b.jpg");
  const faces = [30, 90, 60].map((height) => faceOf("anger", { height }));
  album.settle(album.photos[0], { ...answerOf(), faces }, OPTIONS);
  assert.equal(album.chosen, 1);
  const heard = [];
  album.onChoice((scroll) => heard.push([album.chosen, scroll]));
  album.choose(2, true);
  album.choose(0);
  assert.deepEqual(heard, [
    [2, true],
    [0, false],
  ]);
  album.settle(album.photos[1], answerOf("fear"), OPTIONS);
  assert.equal(album.chosen, 0, "another photo leaves the choice alone");
  album.show(album.photos[0]);
  assert.equal(album.chosen, 1);
});

const chosenOf = (...faces) => {
  const album = albumOf("a.jpg");
  album.settle(album.photos[0], answerOf(...faces), OPTIONS);
  return album.chosen;
};

test("a face that the network is sure of is chosen before a larger one that it is not", () => {
  assert.equal(chosenOf(faceOf(null, { height: 90 }), "fear"), 1);
  assert.equal(chosenOf(faceOf(null), faceOf(null, { height: 90 })), 1);
});

test("the face that can be read best is chosen first, though others are larger or surer", () => {
  const clear = { ...faceOf(null), readable: 0.97 };
  const large = { ...faceOf("anger", { height: 300, probability: 0.99 }), readable: 0.6 };
  assert.equal(chosenOf(large, clear, "fear"), 1);
});

test("a face that cannot be read is never chosen first", () => {
  const hand = unreadableOf("not_a_face", { height: 300 });
  assert.equal(chosenOf(hand, null, unreadableOf("too_dark", { height: 90 })), 1);
  assert.equal(chosenOf(hand), -1);
});
