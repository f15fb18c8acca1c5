import assert from "node:assert/strict";
import { test } from "node:test";
import { partAt, toExplain, whatCounted } from "../../mood/page/static/photo/heat.js";
import { faceOf } from "./samples.js";

const COVER = 0.3;

/** A map of 6 × 6 in which one cell counts so much. */
const mapOf = (row, column, value) =>
  Array.from({ length: 6 }, (_, at) =>
    Array.from({ length: 6 }, (_, beside) => (at === row && beside === column ? value : 0)),
  );

/** Eyes, nose and corners of the mouth of a face that fills its crop. */
const UPRIGHT = [
  [0.35, 0.4],
  [0.65, 0.4],
  [0.5, 0.55],
  [0.38, 0.72],
  [0.62, 0.72],
];
const lower = (by) => UPRIGHT.map(([x, y]) => [x, y + by]);
const turned = UPRIGHT.map(([x, y]) => [1 - y, x]); // by a quarter, clockwise

const partOf = (map, landmarks) => whatCounted({ map, cover: COVER }, landmarks).part;

test("the part that counts most is named by the landmarks that it lies at", () => {
  const parts = [0, 1, 2, 3, 4, 5].map((row) => partOf(mapOf(row, 2, 2), UPRIGHT));
  assert.deepEqual(parts, ["forehead", "top", "top", "middle", "bottom", "bottom"]);
});

test("the same row is another part of a face that lies lower in its crop", () => {
  assert.equal(partOf(mapOf(4, 2, 2), UPRIGHT), "bottom");
  assert.equal(partOf(mapOf(4, 2, 2), lower(0.2)), "middle");
});

test("a face that lies on its side has its mouth there too", () => {
  assert.equal(partAt([0.25, 0.5], turned), "bottom");
  assert.equal(partAt([0.6, 0.6], turned), "top");
});

test("what lies beside a face is no part of it", () => {
  assert.equal(partAt([0.98, 0.5], UPRIGHT), "around");
});

test("what speaks against the verdict is strong but not what counted", () => {
  const map = mapOf(5, 2, -3);
  map[1][2] = 1;
  const counted = whatCounted({ map, cover: COVER }, UPRIGHT);
  assert.deepEqual(counted, { strongest: 3, most: 1, part: "top" });
});

test("no part is named where none counts, or nobody knows where the parts are", () => {
  assert.equal(partOf(mapOf(5, 2, -3), UPRIGHT), null);
  assert.equal(partOf(mapOf(5, 2, 3), null), null);
});

test("of a certain face one expression is explained, of an uncertain one the second as well", () => {
  assert.deepEqual(toExplain(faceOf("fear")), ["fear"]);
  const wavering = faceOf(null);
  Object.assign(wavering.probabilities, { neutral: 0.4, sadness: 0.3, contempt: 0.31 });
  assert.deepEqual(toExplain(wavering), ["neutral", "contempt"]);
  assert.deepEqual(toExplain({ ...wavering, unknown: ["contempt"] }), ["neutral", "sadness"]);
});
