import assert from "node:assert/strict";
import { test } from "node:test";
import { framesOf, OK } from "./frames.js";
import { deferred, settled } from "./samples.js";

test("the server is told what is shown whenever it may have started anew", async () => {
  const before = { time_s: 70, count: 2, faces: [[2, 1, 2, 3, 4]] };
  const { frames, seen } = framesOf([OK, OK, null, OK, OK], { before: () => before });
  await frames.start();
  assert.deepEqual(
    seen.sent.map((data) => data.before),
    [before, undefined, undefined, before, undefined],
  );
});

test("the picture at which it is stopped is read when the one before is done", async () => {
  const late = deferred();
  const first = { ...OK, time_s: 1 };
  const last = { ...OK, time_s: 2 };
  const { frames, seen } = framesOf([() => late.promise, last, OK]);
  const running = frames.start();
  await settled();
  const ending = frames.end((side) => `still, ${side} px`);
  await settled();
  assert.equal(seen.sent.length, 1, "one at a time");
  late.done(first);
  assert.deepEqual(await ending, last);
  await running;
  assert.deepEqual(
    seen.sent.map(({ image }) => image),
    ["640 px", "still, 640 px"],
  );
  assert.deepEqual(seen.taken, []);
});

test("whoever goes on before the picture is read does not wait for it", async () => {
  const late = deferred();
  const { frames, seen } = framesOf([() => late.promise, OK, OK]);
  const running = frames.start();
  await settled();
  const ending = frames.end(() => "still");
  const again = frames.start();
  late.done(OK);
  assert.equal(await ending, null);
  await Promise.all([running, again]);
  assert.ok(seen.sent.every(({ image }) => image !== "still"));
});
