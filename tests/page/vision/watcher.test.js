import assert from "node:assert/strict";
import { test } from "node:test";
import { createWatcher } from "../../../mood/page/static/vision/watcher.js";
import { golden } from "./golden.js";

const { specs } = golden("vision");
const PIXELS = { pixels: new Uint8ClampedArray(4), size: { width: 640, height: 480 } };
const FACE = {
  box: [100, 100, 180, 200],
  confidence: 0.95,
  landmarks: [
    [120, 130],
    [160, 130],
    [140, 150],
    [125, 175],
    [155, 175],
  ],
};

/** An engine that finds one happy face, with a clock that each of its steps moves. */
function createFake({ cost = 2 } = {}) {
  let now = 0;
  const done = [];
  const engine = {
    frame: (...frame) => done.push(["frame", ...frame.slice(1)]),
    look(width, height) {
      now += cost;
      done.push(["look", width, height]);
      const scale = width / 640;
      const scaled = (point) => point.map((value) => value * scale);
      return [{ ...FACE, box: scaled(FACE.box), landmarks: FACE.landmarks.map(scaled) }];
    },
    square: () => done.push(["square"]),
    warp: () => done.push(["warp"]),
    readable: () => 9,
    sharpness: () => 0.5,
    tone: () => ({ deviation: 40, white: 0 }),
    mini(bothWays) {
      now += cost;
      done.push(["mini", bothWays]);
      return [0, 6, 0, 0, 0, 0, 0, 0];
    },
  };
  const watcher = createWatcher({ engine, specs, now: () => now });
  return { watcher, done };
}

const frame = (time_s, more = {}) => ({ width: 1280, height: 960, time_s, ...more });

test("a frame is answered as the server answers it, in pixels of the camera", async () => {
  const { watcher, done } = createFake();
  const { answer, mode, took, rest_ms } = await watcher.watch(frame(1.5), () => PIXELS);
  const [face] = answer.faces;
  assert.deepEqual([answer.state, answer.time_s, answer.certainty], ["ok", 0, 0.5]);
  assert.equal(answer.summary.watched_s, 0);
  assert.deepEqual(face.box, [200, 200, 360, 400]);
  assert.deepEqual(
    [face.number, face.verdict, face.reason, face.expression, face.missing, face.stayed],
    [1, "certain", null, "happiness", false, false],
  );
  assert.deepEqual([mode, rest_ms], ["full", 0]);
  assert.deepEqual(took, { picture: 0, detect: 2, faces: 2, all: 4 });
  assert.deepEqual(done, [["frame", 640, 480], ["look", 320, 240], ["square"], ["mini", true]]);
});

test("a slow device says how it reads, and how long to rest", async () => {
  const { watcher, done } = createFake({ cost: 200 });
  const modes = new Set();
  let rest = 0;
  for (let at = 0; at < 40; at++) {
    const { mode, rest_ms } = await watcher.watch(frame(at), () => PIXELS);
    modes.add(mode);
    rest = rest_ms;
  }
  assert.deepEqual([...modes], ["full", "plain", "small", "slow"]);
  assert.equal(rest, 400);
  assert.deepEqual(done.at(-1), ["mini", false]);
  assert.deepEqual(done.at(-3), ["look", 256, 192]);
});

test("what was recorded is saved until it is cleared, and then counted anew", async () => {
  const { watcher } = createFake();
  assert.equal(watcher.save("csv"), null);
  for (let at = 0; at < 20; at++) await watcher.watch(frame(at / 10), () => PIXELS);
  assert.ok(watcher.save("csv").split("\n").length > 5);
  const wish = { certainty: 1, smallest_face: 0, expressions: [], show_unreadable: true };
  const { points } = JSON.parse(watcher.save("json", wish));
  assert.deepEqual([...new Set(points.map(({ verdict }) => verdict))], ["uncertain"]);
  watcher.clear();
  assert.equal(watcher.save("json"), null);
  assert.equal((await watcher.watch(frame(70), () => PIXELS)).answer.time_s, 0);
});

test("who goes on with a session keeps the numbers", async () => {
  const { watcher } = createFake();
  const before = { time_s: 60, count: 5, faces: [[3, 200, 200, 360, 400]] };
  const { answer } = await watcher.watch(frame(1, { before }), () => PIXELS);
  assert.deepEqual([answer.time_s, answer.faces[0].number], [60, 3]);
});
