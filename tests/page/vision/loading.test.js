import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { fetchParts } from "../../../mood/page/static/vision/loading.js";

const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]); // a module with nothing in it
const { fetch } = globalThis;

const contents = { engine: EMPTY, detector: new Uint8Array([1]), mini: new Uint8Array([2]) };
const described = (name) => ({
  url: name,
  sha256: createHash("sha256").update(contents[name]).digest("hex"),
});
const FILES = {
  engine: "engine",
  detector: described("detector"),
  mini: described("mini"),
  readable: null,
};

function serve(changed = {}) {
  const served = { ...contents, ...changed };
  globalThis.fetch = async (url) =>
    url in served ? new Response(served[url]) : new Response("", { status: 404 });
}

function useCrypto(value) {
  Object.defineProperty(globalThis, "crypto", { value, configurable: true });
}

beforeEach(() => useCrypto(webcrypto));

afterEach(() => {
  globalThis.fetch = fetch;
});

test("the parts of the engine are fetched", async () => {
  serve();
  const parts = await fetchParts(FILES);
  assert.ok(parts.module instanceof WebAssembly.Module);
  assert.deepEqual([...new Uint8Array(parts.mini)], [2]);
  assert.equal(parts.readable, null);
});

test("what is not there, not whole, or cannot run says so", async () => {
  serve({ mini: new Uint8Array([3]) });
  await assert.rejects(fetchParts(FILES), { code: "integrity" });
  serve({ engine: new Uint8Array([0, 97, 115, 109, 9]) });
  await assert.rejects(fetchParts(FILES), { code: "simd" });
  serve();
  const missing = { url: "nowhere", sha256: "" };
  await assert.rejects(fetchParts({ ...FILES, readable: missing }), { code: "load" });
  globalThis.fetch = () => Promise.reject(new TypeError("offline"));
  await assert.rejects(fetchParts(FILES), { code: "load" });
});

test("without https nothing can be hashed, and the parts are taken as they are", async () => {
  useCrypto({});
  serve({ mini: new Uint8Array([3]) });
  assert.deepEqual([...new Uint8Array((await fetchParts(FILES)).mini)], [3]);
});
