import assert from "node:assert/strict";
import { test } from "node:test";
import { sentenceOf } from "../../mood/page/static/live/status.js";
import { faceOf, unreadableOf, wordsOf } from "./samples.js";

const told = (...faces) => sentenceOf(faces, "8", wordsOf());

test("what is in sight is counted without what cannot be read", () => {
  assert.equal(told(), "8 frames a second · no face in sight");
  assert.equal(told(faceOf("fear"), faceOf(null)), "8 frames a second · faces: 2");
  assert.equal(
    told(faceOf("fear"), unreadableOf("too_dark")),
    "8 frames a second · faces: 1 · 1 that cannot be read",
  );
  assert.equal(told(unreadableOf("too_dark")), "8 frames a second · no readable face");
});
