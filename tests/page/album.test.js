import assert from "node:assert/strict";
import { test } from "node:test";
import { createAlbum } from "../../mood/page/static/photo/album.js";
import { findings, refusal } from "../../mood/page/static/photo/shelf.js";
import { albumOf, answerOf, fileOf, OPTIONS, settle } from "./samples.js";

const namesOf = (album) => album.photos.map(({ name }) => name);

test("photos come behind those that are there, and the first that came last is shown", () => {
  const album = albumOf("a.jpg", "b.jpg");
  assert.equal(album.shown.name, "a.jpg");
  album.add([fileOf("c.jpg"), fileOf("d.jpg")]);
  assert.deepEqual(namesOf(album), ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]);
  assert.equal(album.shown.name, "c.jpg");
  assert.equal(album.waiting, 4);
  assert.equal(album.next.name, "c.jpg", "what is looked at is read first");
});

test("one photo takes the place of no other one", () => {
  const album = albumOf("a.jpg");
  album.add([fileOf("b.jpg")]);
  assert.deepEqual(namesOf(album), ["a.jpg", "b.jpg"]);
  assert.equal(album.shown.name, "b.jpg");
});

const fail = (album, name, error = "unreadable") => settle(album, name, { error });

test("what could not be read stands behind the others, and is not shown before them", () => {
  const album = albumOf("a.jpg", "b.jpg", "c.jpg");
  fail(album, "a.jpg");
  assert.deepEqual(namesOf(album), ["b.jpg", "c.jpg", "a.jpg"]);
  assert.equal(album.shown.name, "b.jpg", "which is read next");
  fail(album, "b.jpg");
  settle(album, "c.jpg");
  assert.deepEqual(namesOf(album), ["c.jpg", "a.jpg", "b.jpg"]);
  assert.equal(album.shown.name, "c.jpg");
  album.add([fileOf("d.jpg")]);
  fail(album, "d.jpg");
  assert.equal(album.shown.name, "c.jpg", "which was read last");
});

test("what could not be read is shown where nothing else is, or to who wants to see it", () => {
  const album = albumOf("a.jpg", "b.jpg");
  fail(album, "a.jpg");
  fail(album, "b.jpg", "lost");
  assert.equal(album.shown.state, "failed");
  album.add([fileOf("c.jpg")]);
  settle(album, "c.jpg");
  album.show(album.photos.at(-1));
  album.add([]);
  assert.equal(album.shown.name, "b.jpg");
  album.retry();
  settle(album, "c.jpg");
  assert.equal(album.shown.name, "b.jpg");
});

test("where nothing can ever be read, what comes next takes its place", () => {
  const album = albumOf("a.jpg", "b.jpg");
  fail(album, "a.jpg");
  fail(album, "b.jpg", "too_large");
  album.add([fileOf("c.jpg")]);
  assert.deepEqual(namesOf(album), ["c.jpg"]);
});

test("what was looked at, and its face, come back where what came cannot be read", () => {
  const album = albumOf("a.jpg", "b.jpg");
  settle(album, "a.jpg", answerOf("fear", "anger", "neutral"));
  settle(album, "b.jpg");
  album.show(album.photos[0]);
  const other = album.chosen === 2 ? 1 : 2;
  album.choose(other);
  album.add([fileOf("c.txt")]);
  fail(album, "c.txt");
  assert.deepEqual([album.shown.name, album.chosen], ["a.jpg", other]);
});

test("a photo that is taken away can be put back, and stays where it was", () => {
  const album = albumOf("a.jpg", "b.jpg", "c.jpg");
  for (const name of ["a.jpg", "b.jpg", "c.jpg"]) settle(album, name);
  album.show(album.photos[1]);
  const { undo } = album.remove([album.photos[1]]);
  assert.deepEqual([namesOf(album), album.shown.name], [["a.jpg", "c.jpg"], "c.jpg"]);
  album.add([fileOf("d.jpg")]);
  undo();
  assert.deepEqual(namesOf(album), ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]);
  assert.deepEqual([album.shown.name, album.shown.state], ["b.jpg", "read"]);
  album.remove([album.photos[0]]);
  assert.equal(album.shown.name, "b.jpg", "another one that goes changes nothing");
});

test("of what was taken away while it was read, the answer is not waited for", () => {
  const album = albumOf("a.jpg");
  const [photo] = album.photos;
  const { undo } = album.remove([photo]);
  album.settle(photo, { error: "lost" }, OPTIONS);
  undo();
  assert.deepEqual([photo.state, album.next, refusal(photo)], ["waiting", photo, null]);
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
  assert.deepEqual(a.options, OPTIONS);
});

test("every change is told when it has happened", () => {
  const album = createAlbum();
  const heard = [];
  album.onChange(() => heard.push([album.photos.length, album.shown?.name ?? null]));
  album.add([fileOf("a.jpg"), fileOf("b.jpg")]);
  album.show(album.photos[1]);
  album.remove(album.photos);
  assert.deepEqual(heard, [
    [2, "a.jpg"],
    [2, "b.jpg"],
    [0, null],
  ]);
});

test("thumbnails are given back when nobody can put the photos back any more", () => {
  const given = [];
  const revoke = URL.revokeObjectURL;
  URL.revokeObjectURL = (url) => given.push(url);
  try {
    const album = albumOf("a.jpg", "b.jpg");
    const thumbnails = album.photos.map(({ thumbnail }) => thumbnail);
    const { forget } = album.remove(album.photos);
    assert.deepEqual(given, []);
    forget();
    assert.deepEqual(given, thumbnails);
  } finally {
    URL.revokeObjectURL = revoke;
  }
});
