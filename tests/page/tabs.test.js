import assert from "node:assert/strict";
import { test } from "node:test";
import { tabAfter } from "../../mood/page/static/shared/tabs.js";

const after = (key, at, direction = "ltr") => tabAfter(key, at, 3, direction);

test("arrows go to the tab that they point to, and from the last one to the first", () => {
  assert.deepEqual([after("ArrowRight", 0), after("ArrowRight", 2)], [1, 0]);
  assert.deepEqual([after("ArrowLeft", 2), after("ArrowLeft", 0)], [1, 2]);
});

test("where the page runs from right to left, so do the arrows", () => {
  assert.deepEqual([after("ArrowLeft", 0, "rtl"), after("ArrowRight", 1, "rtl")], [1, 0]);
});

test("Home and End go to the first and the last one, other keys nowhere", () => {
  assert.deepEqual([after("Home", 2), after("End", 0), after("Enter", 1)], [0, 2, -1]);
});
