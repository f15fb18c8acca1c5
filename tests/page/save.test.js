import assert from "node:assert/strict";
import { test } from "node:test";
import { nameFor, toCsv, toJson } from "../../mood/page/static/photo/save.js";
import { answerOf, EXPRESSIONS, unreadableOf } from "./samples.js";

const csvOf = (...faces) => toCsv(answerOf(...faces), EXPRESSIONS).split("\n");

test("a file is named after its photo", () => {
  assert.equal(nameFor("holiday.1.jpeg", "csv"), "holiday.1-mood.csv");
  assert.equal(nameFor("scan", "json"), "scan-mood.json");
  assert.equal(nameFor(".jpg", "jpg"), "photo-mood.jpg");
});

test("JSON holds what was found, but no pictures of faces", () => {
  const answer = answerOf("fear", null);
  const saved = JSON.parse(toJson(answer));
  assert.deepEqual(
    saved.faces.map(({ expression }) => expression),
    ["fear", null],
  );
  assert.equal(saved.model, "mini");
  assert.ok(!toJson(answer).includes("crop"));
  assert.ok(answer.faces[0].crop, "the answer itself stays whole");
});

test("the table has a row for each face", () => {
  const [head, first, second, third, ...rest] = csvOf("fear", null, unreadableOf("too_small"));
  assert.equal(
    head,
    `face,left,top,right,bottom,confidence,verdict,reason,expression,probability,${EXPRESSIONS.join(",")},width,height`,
  );
  assert.ok(first.startsWith("1,10,20,40,70,0.9,certain,,fear,0.8,"));
  assert.ok(second.startsWith("2,10,20,40,70,0.9,uncertain,,,0.8,0.8,"));
  assert.ok(third.startsWith("3,10,20,40,70,0.9,unreadable,too_small,,,,,,"));
  for (const row of [first, second, third]) assert.ok(row.endsWith(",100,80"));
  assert.deepEqual(rest, [""]);
});
