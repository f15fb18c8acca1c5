import assert from "node:assert/strict";
import { test } from "node:test";
import { whatCounted } from "../../mood/page/static/photo/why.js";

/** A map of 6 × 6 in which one row counts so much. */
const mapOf = (row, value) =>
  Array.from({ length: 6 }, (_, at) => Array(6).fill(at === row ? value : 0));

test("the row that takes most from the verdict names the part of the face", () => {
  const parts = [0, 1, 2, 3, 4, 5].map((row) => whatCounted(mapOf(row, 2)).part);
  assert.deepEqual(parts, [
    "why_top",
    "why_top",
    "why_middle",
    "why_middle",
    "why_bottom",
    "why_bottom",
  ]);
});

test("what speaks against the verdict is strong but not what counted", () => {
  const map = mapOf(5, -3);
  map[0][0] = 1;
  assert.deepEqual(whatCounted(map), { strongest: 3, part: "why_top" });
});
