import assert from "node:assert/strict";
import { test } from "node:test";
import { framesOf, OK } from "./frames.js";
import { deferred, settled } from "./samples.js";

test("a frame tells who, when, and how large the camera's picture is", async () => {
  const { frames, seen } = framesOf([OK]);
  seen.clock = 2500;
  await frames.start();
  assert.deepEqual(seen.sent, [
    { viewer: "somebody", image: "640 px", width: 640, height: 480, time_s: 2.5 },
  ]);
});

test("answers are taken one at a time, at most thirty a second", async () => {
  const { frames, seen } = framesOf([OK, OK, OK]);
  await frames.start();
  assert.equal(seen.sent.length, 3);
  assert.equal(seen.taken.length, 2, "the last one came after the end");
  assert.deepEqual(seen.slept, [23, 23]);
});

test("whoever has to wait sends no pictures until there is a place", async () => {
  const wait = { state: "wait", position: 2 };
  const { frames, seen } = framesOf([wait, wait, { state: "ready" }, OK, OK]);
  await frames.start();
  assert.deepEqual(
    seen.sent.map(({ image }) => image),
    ["640 px", null, null, "640 px", "640 px"],
  );
  assert.deepEqual(seen.missed[0], ["live_wait", { position: 2 }]);
  assert.ok(seen.slept.includes(3000), "who comes later asks more seldom");
  assert.equal(seen.taken.length, 1);
});

for (const [what, answer, key] of [
  ["without a network", { state: "error", error: "model", message: "…" }, "error_model"],
  ["silent", null, "live_lost"],
  ["gone", () => Promise.reject(new Error("no network")), "live_lost"],
]) {
  test(`a server that is ${what} is asked again a little later`, async () => {
    const { frames, seen } = framesOf([answer, OK, OK]);
    await frames.start();
    assert.deepEqual(seen.missed, [[key, {}]]);
    assert.ok(seen.slept.includes(1500));
    assert.equal(seen.taken.length, 1);
  });
}

for (const [what, answer] of [
  ["busy", { state: "busy", retry_after_s: 9 }],
  ["busy before it looks at the frame", { error: "busy", message: "…", retry_after_s: 9 }],
  ["done with what it takes from here", { error: "share", message: "…", retry_after_s: 9 }],
]) {
  test(`a server that is ${what} is left alone for as long as it says`, async () => {
    const { frames, seen } = framesOf([answer, OK, OK]);
    await frames.start();
    assert.deepEqual(seen.missed, [[`${answer.error ?? "busy"}_again`, { seconds: 9 }]]);
    assert.ok(seen.slept.includes(9000));
    assert.equal(seen.taken.length, 1);
  });
}

test("a busy server that names no time is asked a little later", async () => {
  const { frames, seen } = framesOf([{ state: "busy" }, OK, OK]);
  await frames.start();
  assert.deepEqual(seen.missed, [["busy_again", { seconds: 2 }]]);
  assert.ok(seen.slept.includes(1500));
});

test("frames flow after an answer with faces, and not after any other", async () => {
  const flows = [];
  const note = () => flows.push(frames.flowing);
  const { frames } = framesOf([OK, null, OK, OK], { take: note, miss: note });
  assert.equal(frames.flowing, false);
  await frames.start();
  assert.deepEqual(flows, [true, false, true]);
  assert.equal(frames.flowing, false);
});

test("an answer that comes after the stop is thrown away", async () => {
  const late = deferred();
  const { frames, seen } = framesOf([() => late.promise, OK]);
  const running = frames.start();
  await settled();
  frames.stop();
  late.done(OK);
  await running;
  assert.equal(seen.sent.length, 1);
  assert.deepEqual(seen.taken, []);
});

test("a new start ends the run before it", async () => {
  const late = deferred();
  const { frames, seen } = framesOf([() => late.promise, OK, OK]);
  const first = frames.start();
  await settled();
  const second = frames.start();
  late.done(OK);
  await Promise.all([first, second]);
  assert.equal(seen.sent.length, 3);
  assert.equal(seen.taken.length, 1);
});

test("nothing is sent before the camera has a picture", async () => {
  const { frames, camera, seen } = framesOf([OK]);
  camera.width = 0;
  let calls = 0;
  camera.next = async () => {
    if (++calls === 3) camera.width = 640;
  };
  await frames.start();
  assert.equal(calls, 3);
  assert.equal(seen.sent.length, 1);
});

test("a page that is gone ends the loop", async () => {
  let there = true;
  const { frames, seen } = framesOf([OK, OK, OK], {
    wanted: () => there,
    take: () => {
      there = false;
    },
  });
  await frames.start();
  assert.deepEqual([seen.sent.length, seen.ended], [1, 1]);
});

test("slow answers make the next frames small", async () => {
  const slow = () => {
    seen.clock += 900;
    return OK;
  };
  const { frames, seen } = framesOf([slow, OK, OK]);
  await frames.start();
  assert.deepEqual(
    seen.sent.map(({ image }) => image),
    ["640 px", "320 px", "320 px"],
  );
});
