import assert from "node:assert/strict";
import { test } from "node:test";
import { createWay, lacking } from "../../mood/page/static/live/way.js";

const offer = (way = "auto", without = "") => ({ way, without });
const seen = ({ place, why, open }) => [place, why, open];

test("the browser reads where it can, and the visitor has the choice", () => {
  const way = createWay(offer(), "");
  assert.deepEqual(seen(way), ["browser", "", true]);
  way.choose(true);
  assert.deepEqual(seen(way), ["server", "choice", true]);
  way.choose(false);
  assert.deepEqual(seen(way), ["browser", "", true]);
});

for (const [what, way, why] of [
  ["lacks vectors", createWay(offer(), "simd"), "simd"],
  ["is given nothing", createWay(offer("auto", "weights"), ""), "weights"],
  ["is not to", createWay(offer("server", "operator"), ""), "operator"],
]) {
  test(`a browser that ${what} leaves it to the server, and there is no choice`, () => {
    assert.deepEqual(seen(way), ["server", why, false]);
  });
}

test("what fails later is told as well, and the first reason stays", () => {
  const way = createWay(offer(), "");
  way.fail("integrity");
  way.fail("worker");
  assert.deepEqual(seen(way), ["server", "integrity", false]);
});

test("where browsers alone are to read, nobody reads what they cannot", () => {
  const way = createWay(offer("browser"), "worker");
  assert.deepEqual(seen(way), ["none", "worker", false]);
  assert.deepEqual(seen(createWay(offer("browser"), "")), ["browser", "", false]);
});

test("a browser says what it lacks", () => {
  const whole = { Worker: class {}, OffscreenCanvas: class {}, WebAssembly };
  assert.equal(lacking(whole), "");
  assert.equal(lacking({ ...whole, Worker: undefined }), "worker");
  assert.equal(lacking({ ...whole, OffscreenCanvas: undefined }), "worker");
  assert.equal(lacking({ ...whole, WebAssembly: undefined }), "simd");
  assert.equal(lacking({ ...whole, WebAssembly: { validate: () => false } }), "simd");
});
