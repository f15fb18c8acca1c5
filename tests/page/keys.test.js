import assert from "node:assert/strict";
import { test } from "node:test";
import { placeAfter } from "../../mood/page/static/photo/keys.js";

test("arrow keys lead to the next and to the one before, and stop at either end", () => {
  assert.equal(placeAfter("ArrowRight", 1, 4), 2);
  assert.equal(placeAfter("ArrowDown", 1, 4), 2);
  assert.equal(placeAfter("ArrowLeft", 1, 4), 0);
  assert.equal(placeAfter("ArrowUp", 0, 4), 0);
  assert.equal(placeAfter("ArrowRight", 3, 4), 3);
});

test("where places run from right to left, left leads on and down still does", () => {
  assert.equal(placeAfter("ArrowLeft", 1, 4, true), 2);
  assert.equal(placeAfter("ArrowRight", 1, 4, true), 0);
  assert.equal(placeAfter("ArrowDown", 1, 4, true), 2);
});

test("home and end lead to the first and to the last", () => {
  assert.equal(placeAfter("Home", 2, 4), 0);
  assert.equal(placeAfter("End", 2, 4), 3);
});

test("other keys lead nowhere, and nothing leads anywhere where there is nothing", () => {
  for (const key of ["Enter", "a", "toString"]) assert.equal(placeAfter(key, 1, 4), null);
  assert.equal(placeAfter("ArrowRight", -1, 0), null);
  assert.equal(placeAfter("ArrowRight", -1, 3), 0);
});
