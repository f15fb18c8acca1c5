import assert from "node:assert/strict";
import { test } from "node:test";
import { createPatience } from "../../mood/page/static/shared/patience.js";
import { answerOf, deferred, readerOf, settled, wordsOf } from "./samples.js";

const SILENT = {
  "says nothing": async () => null,
  "cannot be reached": async () => {
    throw new Error("no network");
  },
};

/** A server that is away for some questions, whether of photos or of how it is. */
function serverAway(silent, questions) {
  const seen = { read: [], asked: 0 };
  const isAway = () => questions-- > 0;
  const read_photo = async ({ image }) => {
    seen.read.push(image);
    return isAway() ? silent() : answerOf("fear");
  };
  const under_way = async () => {
    seen.asked++;
    return isAway() ? silent() : { loaded: true, downloads: [] };
  };
  return { seen, read_photo, under_way };
}

for (const [what, silent] of Object.entries(SILENT)) {
  test(`while a server ${what}, photos wait, and are read when it is there again`, async () => {
    const { seen, ...server } = serverAway(silent, 4);
    const { album, reader, told, add } = readerOf(server, { slowMs: 10_000 });
    add("a.jpg", "b.jpg");
    await reader.work();
    assert.deepEqual(seen.read, ["data of a.jpg", "data of a.jpg", "data of b.jpg"]);
    assert.equal(seen.asked, 4, "it is asked for a sign, and not for the photo");
    assert.ok(album.photos.every(({ state }) => state === "read"));
    const away = told.filter(([text]) => text.startsWith("The server does not answer"));
    assert.equal(away.length, 4);
    assert.match(away[0][0], /^The server does not answer\. Your photos wait; .* in 2 s\.$/);
    assert.deepEqual(told.at(-1), ["", null]);
  });

  test(`a photo at which a server ${what} each time is given up, and the next one is read`, async () => {
    const read = [];
    const server = {
      read_photo: async ({ image }) => {
        read.push(image);
        return image === "data of a.jpg" ? silent() : answerOf("fear");
      },
    };
    const { album, reader, add } = readerOf(server);
    add("a.jpg", "b.jpg");
    await reader.work();
    assert.equal(read.length, 4);
    assert.deepEqual(
      album.photos.map(({ problem, state }) => [problem?.error, state]),
      [
        [undefined, "read"],
        ["lost", "failed"],
      ],
    );
  });
}

test("an upload that fails while the server is away is sent again when it is there", async () => {
  const { seen, ...server } = serverAway(SILENT["says nothing"], 2);
  let packs = 0;
  const pack = async () => {
    if (++packs === 1) throw new Error("no network");
    return { path: "/uploads/a.tiff" };
  };
  const { album, reader, add } = readerOf(server, { pack });
  add("a.tiff");
  await reader.work();
  assert.equal(album.shown.state, "read");
  assert.deepEqual([packs, seen.read.length], [2, 1]);
});

test("an upload that a server refuses is not sent again", async () => {
  let packs = 0;
  const pack = async () => {
    packs++;
    throw new Error("refused");
  };
  const { album, reader, add } = readerOf({}, { pack });
  add("a.tiff");
  await reader.work();
  assert.deepEqual([album.shown.problem.error, packs], ["upload", 1]);
});

test("who clears the photos waits for no server", async () => {
  const night = deferred();
  const patience = createPatience(wordsOf(), { sleep: () => night.promise, chance: () => 0 });
  const { seen, ...server } = serverAway(SILENT["says nothing"], Infinity);
  const { album, reader, told, add } = readerOf(server, { patience, slowMs: 10_000 });
  add("a.jpg");
  const work = reader.work();
  await settled();
  album.remove(album.photos);
  await work;
  assert.deepEqual([seen.read.length, told.at(-1)], [1, ["", null]]);
});

test("pauses grow while a server is away", async () => {
  const slept = [];
  const sleep = async (ms) => slept.push(ms / 1000);
  const patience = createPatience(wordsOf(), { sleep, chance: () => 0 });
  let asked = 0;
  await patience.outlast(
    async () => ++asked === 6,
    () => {},
    new AbortController().signal,
  );
  assert.deepEqual(slept, [2, 4, 8, 16, 16, 16]);
});
