import assert from "node:assert/strict";
import { test } from "node:test";
import { createFlow } from "../../mood/page/static/live/flow.js";
import { createPace } from "../../mood/page/static/live/pace.js";
import { deferred, settled } from "./samples.js";

const OK = { state: "ok", faces: [], time_s: 0 };

/** A flow whose pictures come when `show` is called, and whose answers when a test gives them. */
function flowOf(given = {}) {
  const seen = { read: [], taken: [], closed: [], rested: [], ended: 0 };
  let shown = deferred();
  let number = 0;
  const pictures = {
    width: 640,
    height: 480,
    next: () => shown.promise,
    async grab() {
      const name = ++number;
      return { name, close: () => seen.closed.push(name) };
    },
  };
  const reader = {
    rest_ms: 0,
    read(frame) {
      const answer = deferred();
      seen.read.push({ ...frame, picture: frame.picture.name, answer: answer.done });
      return answer.promise;
    },
  };
  const flow = createFlow({
    pictures,
    reader,
    pace: createPace(),
    wanted: () => true,
    end: () => {
      seen.ended++;
      flow.stop();
    },
    take: (answer, time) => seen.taken.push([answer, time]),
    time: () => number / 10,
    filmed: () => false,
    before: () => ({ time_s: 7, count: 2, faces: [] }),
    wish: () => ({ certainty: 0 }),
    now: () => 100 * number,
    rest: async (ms) => seen.rested.push(ms),
    ...given,
  });
  async function show() {
    const now = shown;
    shown = deferred();
    now.done();
    await settled();
  }
  return { flow, seen, show, reader, pictures };
}

test("one picture is read, the newest waits, and those between are let go", async () => {
  const { flow, seen, show } = flowOf();
  flow.start();
  for (let each = 0; each < 4; each++) await show();
  assert.deepEqual(
    seen.read.map(({ picture }) => picture),
    [1],
  );
  assert.deepEqual(seen.closed, [2, 3]);
  seen.read[0].answer(OK);
  await settled();
  assert.deepEqual(
    seen.read.map(({ picture }) => picture),
    [1, 4],
  );
  assert.deepEqual(seen.taken, [[OK, 0]], "with the time at which it was taken");
  assert.equal(flow.flowing, true);
});

test("what is shown of a session is told with the first picture, and not again", async () => {
  const { flow, seen, show } = flowOf();
  flow.start();
  await show();
  seen.read[0].answer(OK);
  await settled();
  await show();
  assert.deepEqual(
    seen.read.map(({ before }) => before?.time_s),
    [7, undefined],
  );
});

test("after a stop no answer is taken, and what waited is let go", async () => {
  const { flow, seen, show } = flowOf();
  flow.start();
  await show();
  await show();
  flow.stop();
  seen.read[0].answer(OK);
  await settled();
  assert.deepEqual(seen.taken, []);
  assert.deepEqual(seen.closed, [2]);
  assert.equal(seen.read.length, 1);
});

test("a picture more ends it, after the one that is under way", async () => {
  const { flow, seen, show } = flowOf();
  flow.start();
  await show();
  const last = flow.end(async () => ({ name: "still", close() {} }));
  await settled();
  assert.equal(seen.read.length, 1);
  seen.read[0].answer(OK);
  await settled();
  assert.equal(seen.read[1].picture, "still");
  seen.read[1].answer(OK);
  assert.equal(await last, OK);
  assert.equal(flow.flowing, false);
});

test("what could not be read is followed by a rest, and by the next picture", async () => {
  const { flow, seen, show, reader } = flowOf();
  flow.start();
  await show();
  seen.read[0].answer(null);
  await settled();
  assert.deepEqual(seen.rested, [250]);
  assert.equal(flow.flowing, false);
  reader.rest_ms = 400;
  await show();
  seen.read[1].answer(OK);
  await settled();
  assert.deepEqual(seen.rested, [250, 400], "a slow device says for how long");
});

test("a page that is gone ends it", async () => {
  let there = true;
  const { flow, seen, show } = flowOf({ wanted: () => there });
  flow.start();
  there = false;
  await show();
  assert.equal(seen.ended, 1);
  assert.equal(seen.read.length, 0);
});
