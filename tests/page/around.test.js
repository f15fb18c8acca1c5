import assert from "node:assert/strict";
import { test } from "node:test";
import { partAround } from "../../mood/page/static/photo/around.js";

const PHOTO = { width: 1000, height: 800 };
const RATIO = 4 / 3;

const holds = ({ left, top, width, height }, [x0, y0, x1, y1]) =>
  left <= x0 && top <= y0 && left + width >= x1 && top + height >= y1;

test("a thumbnail shows the faces, and no more of the photo than they need", () => {
  const boxes = [
    [600, 300, 700, 420],
    [820, 350, 900, 450],
  ];
  const part = partAround(boxes, PHOTO, RATIO);
  for (const box of boxes) assert.ok(holds(part, box));
  assert.ok(part.width < 0.7 * PHOTO.width);
  assert.ok(Math.abs(part.width / part.height - RATIO) < 1e-9);
});

test("it never leaves the photo, and shows some of it around a tiny face", () => {
  for (const box of [
    [0, 0, 10, 10],
    [990, 790, 1000, 800],
    [-20, 300, 60, 400],
  ]) {
    const part = partAround([box], PHOTO, RATIO);
    assert.ok(part.left >= 0 && part.top >= 0);
    assert.ok(part.left + part.width <= PHOTO.width && part.top + part.height <= PHOTO.height);
    assert.ok(part.width >= 0.25 * PHOTO.width);
  }
});

test("without faces, or with faces everywhere, it shows as much from the middle as fits", () => {
  const middle = { left: 0, top: 25, width: 1000, height: 750 };
  assert.deepEqual(partAround([], PHOTO, RATIO), middle);
  assert.deepEqual(partAround([[0, 0, 1000, 800]], PHOTO, RATIO), middle);
  const tower = partAround([], { width: 300, height: 900 }, RATIO);
  assert.deepEqual([tower.left, tower.top, tower.width, tower.height], [0, 337.5, 300, 225]);
});
