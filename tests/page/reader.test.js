import assert from "node:assert/strict";
import { test } from "node:test";
import { GoneError, TooLargeError } from "../../mood/page/static/photo/payload.js";
import { createSentences } from "../../mood/page/static/photo/sentences.js";
import { answerOf, deferred, OPTIONS, readerOf, settled, wordsOf } from "./samples.js";

test("photos are read one after the other, and counted while they are", async () => {
  const asked = [];
  let under_way = 0;
  const server = {
    async read_photo({ image }) {
      asked.push([image, ++under_way]);
      await settled();
      under_way--;
      return answerOf("fear");
    },
  };
  const { album, reader, told, done, add } = readerOf(server, { slowMs: 10_000 });
  add("a.jpg", "b.jpg");
  await reader.work();
  assert.deepEqual(asked, [
    ["data of a.jpg", 1],
    ["data of b.jpg", 1],
  ]);
  assert.deepEqual(told, [
    ["Reading photo 1 of 2 …", 0],
    ["Reading photo 2 of 2 …", 0.5],
    ["", null],
  ]);
  assert.deepEqual(done, ["a.jpg", "b.jpg"]);
  assert.ok(album.photos.every(({ state }) => state === "read"));
});

test("a photo that comes meanwhile is read by the same run, the one that is shown first", async () => {
  const first = deferred();
  const names = [];
  const server = {
    read_photo: async ({ image }) => {
      names.push(image);
      if (names.length === 1) await first.promise;
      return answerOf();
    },
  };
  const { reader, add } = readerOf(server, { slowMs: 10_000 });
  add("a.jpg", "b.jpg");
  const work = reader.work();
  await settled();
  add("c.jpg", "d.jpg");
  const again = reader.work();
  await settled();
  assert.deepEqual(names, ["data of a.jpg"], "it is working already");
  first.done();
  await Promise.all([work, again]);
  assert.deepEqual(
    names.map((name) => name.slice(-5)),
    ["a.jpg", "c.jpg", "b.jpg", "d.jpg"],
  );
});

test("the server is told what the visitor wants, and the photo remembers it", async () => {
  let asked;
  const server = {
    read_photo: async (data) => {
      asked = data;
      return answerOf();
    },
  };
  const { album, reader, add } = readerOf(server);
  add("a.jpg");
  await reader.work();
  const all = { ...OPTIONS, certainty: 0 }; // what is certain is decided on the page
  assert.deepEqual(asked, { image: "data of a.jpg", ...all });
  assert.deepEqual(album.shown.asked, all);
});

test("what cannot be packed cannot be sent", async () => {
  const { album, reader, add } = readerOf({}, { pack: () => Promise.reject(new Error("no")) });
  add("a.tiff");
  await reader.work();
  assert.equal(album.shown.problem.error, "upload");
});

test("of a file that is gone it is said that it is", async () => {
  const pack = () => Promise.reject(new GoneError("a.jpg"));
  const { album, reader, add } = readerOf({}, { pack });
  add("a.jpg");
  await reader.work();
  const { ofPhoto } = createSentences(wordsOf());
  assert.match(ofPhoto(album.shown), /^a\.jpg: This file cannot be read any more: it was moved/);
});

test("of a picture that is too large it is said how large it may be", async () => {
  for (const [size, sentence] of [
    [{ size_mb: 21, max_mb: 20 }, "This file has 21 MB; at most 20 MB are taken."],
    [{ size_mb: 20.000001, max_mb: 20 }, "This file has 20.1 MB; at most 20 MB are taken."],
    [{}, "This picture is too large."], // for a proxy before the server
  ]) {
    const pack = () => Promise.reject(new TooLargeError(size));
    const { album, reader, add } = readerOf({}, { pack });
    add("a.tiff");
    await reader.work();
    const told = `a.tiff: ${sentence} Please send a smaller copy, best as JPEG.`;
    assert.equal(createSentences(wordsOf()).ofPhoto(album.shown), told);
  }
});

test("what takes so long is said: a download in megabytes, networks that wake", async () => {
  const reading = deferred();
  const states = [
    { loaded: false, downloads: [] },
    {
      loaded: false,
      downloads: [{ name: "hf://a/b/own.onnx@main", done: 550_000, total: 1_100_000 }],
    },
    { loaded: false, downloads: [{ name: "own.onnx", done: 5, total: 0 }] },
  ];
  const server = {
    read_photo: () => reading.promise,
    async under_way(networks) {
      assert.deepEqual(networks, { model: "mini", detector: "auto" });
      if (states.length === 1) reading.done(answerOf());
      return states.shift();
    },
  };
  const { reader, told, add } = readerOf(server);
  add("a.jpg");
  await reader.work();
  assert.deepEqual(told.slice(0, 3), [
    ["Reading the faces …", null],
    ["Waking the networks; the first photo takes a moment …", null],
    ["Fetching own.onnx: 0.6 of 1.1 MB …", 0.5],
  ]);
  assert.deepEqual(told.at(-1), ["", null]);
});

test("a server that cannot say what takes so long is no fault", async () => {
  const reading = deferred();
  let asked = 0;
  const server = {
    read_photo: () => reading.promise,
    async under_way() {
      if (++asked === 3) reading.done(answerOf());
      throw new Error("no network");
    },
  };
  const { album, reader, add } = readerOf(server);
  add("a.jpg");
  await reader.work();
  assert.equal(album.shown.state, "read");
});

test("frames are drawn as the photo is shown, by the networks that read it", async () => {
  let asked;
  const server = {
    read_photo: async () => answerOf("fear"),
    annotate_photo: async (data) => {
      asked = data;
      return { picture: "framed" };
    },
  };
  let wish = OPTIONS;
  const { album, reader, add } = readerOf(server, { options: () => wish });
  add("a.jpg");
  await reader.work();
  wish = { ...OPTIONS, model: "ferplus", certainty: 0.7, smallest_face: 40, labels: false };
  album.wish(wish);
  const captions = { captions: ["Freude 97 %"], key: true };
  assert.deepEqual(await reader.frame(album.shown, captions, () => {}), { picture: "framed" });
  assert.deepEqual(asked, { ...wish, model: "mini", image: "data of a.jpg", ...captions });
});
