import assert from "node:assert/strict";
import { test } from "node:test";
import { placeBeside } from "../../mood/page/static/live/beside.js";

const PICTURE = { width: 640, height: 480 };
const SIZE = { width: 92, height: 120 };
const roomOf = (left, top, width = 100, height = 140) => ({ left, top, width, height });
const placed = (face, taken = [], before = undefined) =>
  placeBeside(face, SIZE, taken, PICTURE, before);

test("the bars stand to the right of their face, at its height", () => {
  assert.deepEqual(placed(roomOf(200, 100)), { side: "right", left: 310, top: 110 });
});

test("where the right has no room they stand to the left, and else nowhere", () => {
  assert.equal(placed(roomOf(500, 100))?.side, "left");
  assert.equal(placed(roomOf(200, 100), [roomOf(330, 120)])?.side, "left");
  assert.equal(placed(roomOf(200, 100), [roomOf(330, 120), roomOf(50, 90)]), null);
  assert.equal(placeBeside(roomOf(9, 9), SIZE, [], { width: 300, height: 100 }), null);
});

test("they stay within the picture, and on the side where they stood", () => {
  assert.equal(placed(roomOf(200, 0, 40, 40))?.top, 0);
  assert.equal(placed(roomOf(200, 440, 40, 40))?.top, 360);
  assert.equal(placed(roomOf(200, 100), [], "left")?.side, "left");
});

test("beside a label that reaches further than its face they stand lower, or higher", () => {
  const face = roomOf(200, 100, 100, 100);
  const label = { left: 180, width: 140, height: 20 };
  assert.equal(placed(face, [{ ...label, top: 75 }])?.top, 100);
  assert.equal(placed(face, [{ ...label, top: 205 }])?.top, 80);
});
