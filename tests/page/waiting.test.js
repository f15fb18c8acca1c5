import assert from "node:assert/strict";
import { test } from "node:test";
import { createPatience } from "../../mood/page/static/shared/patience.js";
import { answerOf, deferred, readerOf, settled, wordsOf } from "./samples.js";

test("a busy server is asked again, and the count goes on where it was", async () => {
  const answers = [{ error: "busy", retry_after_s: 7 }, answerOf("fear"), answerOf("anger")];
  const packed = [];
  const server = { read_photo: async () => answers.shift() };
  const pack = async (file) => {
    packed.push(file.name);
    return { image: "data" };
  };
  const { album, reader, told, add } = readerOf(server, { slowMs: 10_000, pack });
  add("a.jpg", "b.jpg");
  await reader.work();
  assert.deepEqual(told, [
    ["Reading photo 1 of 2 …", 0],
    ["The server is busy. This page tries again by itself in 7 s."],
    ["Reading photo 1 of 2 …", 0],
    ["Reading photo 2 of 2 …", 0.5],
    ["", null],
  ]);
  assert.ok(album.photos.every(({ state }) => state === "read"));
  assert.deepEqual(packed, ["a.jpg", "b.jpg"], "what is sent again is not made anew");
});

test("while the server is left alone it is not asked what takes so long, either", async () => {
  const night = deferred();
  let asked = 0;
  const answers = [{ error: "share", retry_after_s: 7 }, answerOf("fear")];
  const server = {
    read_photo: async () => answers.shift(),
    under_way: async () => asked++,
  };
  const patience = createPatience(wordsOf(), { sleep: () => night.promise });
  const { reader, told, add } = readerOf(server, { patience });
  add("a.jpg");
  const work = reader.work();
  await new Promise((done) => setTimeout(done, 20));
  assert.equal(asked, 0);
  assert.match(told.at(-1)[0], /^Many photos from your connection/);
  night.done();
  await work;
});

test("a photo that is cleared is not waited for, and the next one is read", async () => {
  const answers = [{ error: "busy", retry_after_s: 7 }, answerOf("fear")];
  const server = { read_photo: async () => answers.shift() };
  const patience = createPatience(wordsOf(), { sleep: () => new Promise(() => {}) });
  const { album, reader, add } = readerOf(server, { patience, slowMs: 10_000 });
  add("a.jpg");
  const work = reader.work();
  await settled();
  album.remove(album.photos);
  add("b.jpg");
  await work;
  assert.deepEqual([album.shown.name, album.shown.state], ["b.jpg", "read"]);
});
