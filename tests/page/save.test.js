import assert from "node:assert/strict";
import { test } from "node:test";
import { createAlbum } from "../../mood/page/static/photo/album.js";
import { allToCsv, allToJson, nameFor, toCsv, toJson } from "../../mood/page/static/photo/save.js";
import { answerOf, EXPRESSIONS, fileOf, OPTIONS, unreadableOf } from "./samples.js";

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

/** Photos by their names, with what was found in each. */
function photosOf(found) {
  const album = createAlbum();
  album.add(Object.keys(found).map((name) => fileOf(name)));
  for (const photo of album.photos) album.settle(photo, found[photo.name], OPTIONS);
  return album.photos;
}

test("all photos are one table, with their names, and why nothing is told of one", () => {
  const photos = photosOf({
    "a.jpg": answerOf("fear", "anger"),
    "wall.jpg": answerOf(),
    "notes.txt": { error: "unreadable" },
    '=1;"2", 3.jpg': answerOf("fear"),
  });
  const [head, ...rows] = allToCsv(photos, EXPRESSIONS, "semicolon").trimEnd().split("\n");
  assert.ok(head.startsWith("photo;face;left;"));
  assert.deepEqual(
    rows.map((row) => row.split(/;[12];10;/)[0]),
    [
      "a.jpg",
      "a.jpg",
      "wall.jpg;;;;;;;;no_face;;;;;;;;;;;100;80",
      `"'=1;""2"", 3.jpg"`,
      "notes.txt;;;;;;;;unreadable;;;;;;;;;;;;",
    ],
  );
  assert.ok(rows[0].includes(";0,9;certain;;fear;0,8;"));
});

test("all photos are one JSON, which says what could not be read", () => {
  const found = { "a.jpg": answerOf("fear"), "notes.txt": { error: "unreadable" } };
  const { photos, failed } = JSON.parse(allToJson(photosOf(found)));
  assert.deepEqual([photos.length, photos[0].photo, photos[0].model], [1, "a.jpg", "mini"]);
  assert.ok(!("crop" in photos[0].faces[0]));
  assert.deepEqual(failed, [{ photo: "notes.txt", error: "unreadable" }]);
});
