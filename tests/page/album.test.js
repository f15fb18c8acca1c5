import assert from "node:assert/strict";
import { test } from "node:test";
import { createAlbum, findings, refusal } from "../../mood/page/static/photo/album.js";
import { answerOf, faceOf, fileOf, OPTIONS, unreadableOf } from "./samples.js";

function albumOf(...names) {
  const album = createAlbum();
  album.add(names.map((name) => fileOf(name)));
  return album;
}

const namesOf = (album) => album.photos.map(({ name }) => name);

test("several photos are added, and the first one is shown", () => {
  const album = albumOf("a.jpg", "b.jpg");
  album.add([fileOf("c.jpg")]);
  assert.deepEqual(namesOf(album), ["a.jpg", "b.jpg", "c.jpg"]);
  assert.equal(album.shown.name, "a.jpg");
  assert.equal(album.waiting, 3);
});

test("one photo takes the place of another one", () => {
  const album = albumOf("a.jpg");
  album.add([fileOf("b.jpg")]);
  assert.deepEqual(namesOf(album), ["b.jpg"]);
  assert.equal(album.shown.name, "b.jpg");
});

test("two photos come behind the one that is there", () => {
  const album = albumOf("a.jpg");
  album.add([fileOf("b.jpg"), fileOf("c.jpg")]);
  assert.deepEqual(namesOf(album), ["a.jpg", "b.jpg", "c.jpg"]);
});

test("no files change nothing, and nobody hears of it", () => {
  const album = albumOf("a.jpg");
  let heard = 0;
  album.onChange(() => heard++);
  album.add([]);
  assert.equal(heard, 0);
  assert.deepEqual(namesOf(album), ["a.jpg"]);
});

test("a long name is cut", () => {
  assert.equal(albumOf("x".repeat(300)).shown.name.length, 200);
});

test("the next photo is the first that waits; what was read is read again when asked", () => {
  const album = albumOf("a.jpg", "b.jpg");
  album.settle(album.next, answerOf("fear"), OPTIONS);
  assert.equal(album.next.name, "b.jpg");
  album.settle(album.next, { error: "unreadable" }, OPTIONS);
  assert.equal(album.next, null);
  assert.deepEqual(
    album.photos.map(({ state }) => state),
    ["read", "failed"],
  );
  album.reread();
  assert.equal(album.next.name, "a.jpg");
  assert.ok(findings(album.shown), "what was found is kept until then");
});

test("what was found stays where a photo cannot be read again", () => {
  const album = albumOf("a.jpg");
  const [photo] = album.photos;
  album.settle(photo, answerOf("fear", "anger"), OPTIONS);
  album.choose(1);
  album.reread();
  album.settle(photo, { error: "model" }, { ...OPTIONS, model: "ferplus" });
  assert.deepEqual([photo.state, refusal(photo).error], ["read", "model"]);
  assert.equal(findings(photo).faces.length, 2);
  assert.deepEqual([album.chosen, photo.options], [1, OPTIONS]);
  album.reread();
  album.settle(photo, answerOf("fear"), OPTIONS);
  assert.equal(refusal(photo), null);
});

test("what passes can be tried again, and only that is", () => {
  const errors = ["busy", "share", "error", "model", "lost", "upload"];
  const lasting = ["unreadable", "unsupported", "too_large", "options", "gone"];
  const album = albumOf(...errors, ...lasting, "read");
  for (const photo of album.photos) {
    const answer = photo.name === "read" ? answerOf() : { error: photo.name };
    album.settle(photo, answer, OPTIONS);
  }
  album.retry();
  const waiting = album.photos.filter(({ state }) => state === "waiting");
  assert.deepEqual(
    waiting.map(({ name }) => name),
    errors,
  );
});

test("a photo has either findings or a refusal", () => {
  const album = albumOf("a.jpg", "b.jpg");
  const [a, b] = album.photos;
  assert.deepEqual([findings(a), refusal(a), findings(null), refusal(null)], Array(4).fill(null));
  album.settle(a, answerOf(), OPTIONS);
  album.settle(b, { error: "busy" }, OPTIONS);
  assert.deepEqual([findings(a).faces, refusal(a)], [[], null]);
  assert.deepEqual([findings(b), refusal(b).error], [null, "busy"]);
  assert.equal(a.options, OPTIONS);
});

test("the largest face is chosen until somebody chooses another one", () => {
  const album = albumOf("a.jpg", "b.jpg");
  const faces = [30, 90, 60].map((height) => faceOf("anger", { height }));
  album.settle(album.photos[0], { ...answerOf(), faces }, OPTIONS);
  assert.equal(album.chosen, 1);
  const heard = [];
  album.onChoice((scroll) => heard.push([album.chosen, scroll]));
  album.choose(2, true);
  album.choose(0);
  assert.deepEqual(heard, [
    [2, true],
    [0, false],
  ]);
  album.settle(album.photos[1], answerOf("fear"), OPTIONS);
  assert.equal(album.chosen, 0, "another photo leaves the choice alone");
  album.show(album.photos[0]);
  assert.equal(album.chosen, 1);
});

const chosenOf = (...faces) => {
  const album = albumOf("a.jpg");
  album.settle(album.photos[0], answerOf(...faces), OPTIONS);
  return album.chosen;
};

test("a face that the network is sure of is chosen before a larger one that it is not", () => {
  assert.equal(chosenOf(faceOf(null, { height: 90 }), "fear"), 1);
  assert.equal(chosenOf(faceOf(null), faceOf(null, { height: 90 })), 1);
});

test("a face that cannot be read is never chosen first", () => {
  const hand = unreadableOf("not_a_face", { height: 300 });
  assert.equal(chosenOf(hand, null, unreadableOf("too_dark", { height: 90 })), 1);
  assert.equal(chosenOf(hand), -1);
});

test("every change is told when it has happened", () => {
  const album = createAlbum();
  const heard = [];
  album.onChange(() => heard.push([album.photos.length, album.shown?.name ?? null]));
  album.add([fileOf("a.jpg"), fileOf("b.jpg")]);
  album.show(album.photos[1]);
  album.clear();
  assert.deepEqual(heard, [
    [2, "a.jpg"],
    [2, "b.jpg"],
    [0, null],
  ]);
});

test("thumbnails are given back when the album is cleared", () => {
  const given = [];
  const revoke = URL.revokeObjectURL;
  URL.revokeObjectURL = (url) => given.push(url);
  try {
    const album = albumOf("a.jpg", "b.jpg");
    const thumbnails = album.photos.map(({ thumbnail }) => thumbnail);
    album.clear();
    assert.deepEqual(given, thumbnails);
  } finally {
    URL.revokeObjectURL = revoke;
  }
});
