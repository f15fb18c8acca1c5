import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createEngine } from "../../mood/page/static/vision/engine.js";

// What the networks say is tested against Python: test_engine.py. Here their weights are all zero,
// but for what makes each place of the detector say no: it ends with three heads of 1,200 numbers.
const module = new WebAssembly.Module(
  readFileSync(new URL("../../mood/page/static/vision/engine.wasm", import.meta.url)),
);
const detector = new ArrayBuffer(212_416);
for (const head of [0, 1, 2]) new Float32Array(detector, 212_416 - 4800 * head - 64, 16).fill(-9);
const mini = new ArrayBuffer(1_357_344);

const make = (more = {}) => createEngine({ module, detector, mini, readable: null, ...more });
const black = (width, height) => new Uint8ClampedArray(4 * width * height);

test("weights of another size are none of its networks", async () => {
  await assert.rejects(make({ detector: new ArrayBuffer(212_400) }), /too short/);
  await assert.rejects(make({ mini: new ArrayBuffer(1_357_360) }), /too long/);
  await assert.rejects(make({ readable: new ArrayBuffer(16) }), /too short/);
});

test("without the network that says so, nothing is said of whether a face can be read", async () => {
  const engine = await make();
  engine.frame(black(64, 64), 64, 64);
  engine.square(0, 0, 64, 64);
  assert.ok(Number.isNaN(engine.readable()));
});

test("a frame is no larger than it may be, and as large as it says", async () => {
  const engine = await make();
  for (const [width, height] of [
    [1921, 100],
    [1920, 1081],
    [0, 10],
    [10, -1],
  ]) {
    assert.throws(() => engine.frame(black(1, 1), width, height), RangeError);
  }
  assert.throws(() => engine.frame(black(10, 10), 10, 11), RangeError);
});

test("nothing larger than the frame is looked at", async () => {
  const engine = await make();
  engine.frame(black(100, 50), 100, 50);
  assert.throws(() => engine.look(200, 100), RangeError);
  assert.throws(() => engine.look(0, 100), RangeError);
});

test("the largest frames fit, and it still works after a small one", async () => {
  const engine = await make();
  for (const [width, height] of [
    [640, 480],
    [1920, 1080],
    [1080, 1920],
    [32, 32],
  ]) {
    engine.frame(black(width, height).fill(90), width, height);
    engine.look(width - 1, height - 1);
    engine.look(width, height);
    engine.square(-10, -10, 70, 70);
    assert.ok(engine.crop.every((value) => value === 90));
    engine.warp(1, 1, 0, 0, 0, 1, 0);
    assert.ok(engine.crop.every((value) => value === 90));
    engine.warp(3, 0.5, 0.1, 0, -0.1, 0.5, 0);
    assert.ok(engine.crop.every((value) => value === 90));
  }
});

test("two engines know nothing of each other", async () => {
  const [one, other] = [await make(), await make()];
  one.frame(black(48, 48).fill(200), 48, 48);
  one.square(0, 0, 48, 48);
  other.frame(black(48, 48), 48, 48);
  other.square(0, 0, 48, 48);
  assert.equal(one.crop[0], 200);
  assert.equal(other.crop[0], 0);
  assert.deepEqual(one.tone(), { deviation: 0, white: 0 });
  assert.equal(one.sharpness(), 0);
});
