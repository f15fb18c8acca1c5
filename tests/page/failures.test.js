import assert from "node:assert/strict";
import { test } from "node:test";
import { answerOf, readerOf } from "./samples.js";

test("an answer that is none is that photo's failure, and the next one is read", async () => {
  let calls = 0;
  const server = { read_photo: async () => (calls++ ? answerOf("fear") : "an odd answer") };
  const { album, reader, add } = readerOf(server);
  add("a.jpg", "b.jpg");
  await reader.work();
  assert.deepEqual(
    album.photos.map(({ problem, state }) => [problem?.error, state]),
    [
      [undefined, "read"],
      ["error", "failed"],
    ],
  );
});

test("a photo that cannot be shown keeps no other one waiting", async (context) => {
  context.mock.method(console, "error", () => {});
  const server = { read_photo: async () => answerOf("fear") };
  const { album, reader, told, add } = readerOf(server, {
    done: ({ name }) => {
      if (name === "a.jpg") throw new Error("a card that cannot be drawn");
    },
  });
  add("a.jpg", "b.jpg");
  await reader.work();
  assert.ok(album.photos.every(({ state }) => state === "read"));
  assert.deepEqual(told.at(-1), ["", null]);
});
