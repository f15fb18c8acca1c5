import assert from "node:assert/strict";
import { test } from "node:test";
import { sentenceOf } from "../../mood/page/static/live/status.js";
import { faceOf, unreadableOf, wordsOf } from "./samples.js";

const told = (...faces) => sentenceOf(faces, wordsOf());

test("what is in sight is counted without what cannot be read", () => {
  assert.equal(told(), "No face in sight");
  assert.equal(told(faceOf("fear"), faceOf(null)), "2 faces");
  assert.equal(told(faceOf("fear"), unreadableOf("too_dark")), "1 face · 1 that cannot be read");
  assert.equal(told(unreadableOf("too_dark")), "No readable face");
});
