import assert from "node:assert/strict";
import { test } from "node:test";
import { reasonOf } from "../../mood/page/static/live/camera.js";
import { wordsOf } from "./samples.js";

const REASONS = {
  InsecureError: "https://",
  NotAllowedError: "allow the camera",
  SecurityError: "allow the camera",
  NotFoundError: "Plug one in",
  OverconstrainedError: "Plug one in",
  NotReadableError: "Close other apps",
  AbortError: "Close other apps",
  SomethingNewError: "Reload the page",
};

for (const [error, words] of Object.entries(REASONS)) {
  test(`a camera that does not start with ${error} says what to do`, () => {
    const sentence = wordsOf().say(reasonOf(new DOMException("no", error)));
    assert.ok(sentence.includes(words), sentence);
  });
}

test("what is no error is a failure too", () => {
  assert.equal(reasonOf("?"), "live_failed");
});
