import assert from "node:assert/strict";
import { test } from "node:test";
import { createReader } from "../../mood/page/static/live/reader.js";
import { settled } from "./samples.js";

globalThis.document ??= { baseURI: "https://mood.example/below/" };

const file = (name) => ({ url: `page/1/vision/${name}.bin`, sha256: "0" });
const vision = {
  files: {
    engine: "page/1/vision/engine.wasm",
    detector: file("d"),
    mini: file("m"),
    readable: null,
  },
  specs: {},
};

/** A worker that notes what it is asked, and answers as it is told. */
function workerOf(answers) {
  const hear = {};
  const worker = {
    asked: [],
    ended: false,
    addEventListener: (kind, listener) => {
      hear[kind] = listener;
    },
    postMessage(question, given) {
      worker.asked.push({ ...question, given });
      const answer = answers.shift();
      if (answer) queueMicrotask(() => hear.message({ data: { id: question.id, ...answer } }));
    },
    terminate() {
      worker.ended = true;
    },
    fail: () => hear.error(),
  };
  return worker;
}

function readerOf(...answers) {
  const worker = workerOf(answers);
  const broke = [];
  const reader = createReader(
    vision,
    (fault) => broke.push(fault),
    () => worker,
  );
  return { reader, worker, broke };
}

const frame = { picture: {}, width: 4, height: 3, time_s: 1, before: null, wish: {}, film: false };

test("it is loaded once, from addresses that a worker understands", async () => {
  const { reader, worker } = readerOf({ ok: true });
  assert.equal(reader.began, false);
  await Promise.all([reader.load(), reader.load()]);
  assert.equal(worker.asked.length, 1);
  assert.equal(
    worker.asked[0].files.detector.url,
    "https://mood.example/below/page/1/vision/d.bin",
  );
});

test("a picture goes to the worker and is not copied; the answer says how much was done", async () => {
  const answer = { state: "ok", faces: [] };
  const { reader, worker } = readerOf({ ok: true }, { answer, mode: "plain", rest_ms: 50 });
  assert.equal(await reader.read(frame), answer);
  assert.deepEqual(worker.asked[1].given, [frame.picture]);
  assert.deepEqual([reader.mode, reader.rest_ms], ["plain", 50]);
});

for (const fault of ["load", "integrity", "simd"]) {
  test(`what does not load for ${fault} says so, and is asked nothing more`, async () => {
    const { reader, worker } = readerOf({ error: fault, message: "…" });
    assert.equal(await reader.load(), fault);
    assert.ok(worker.ended);
    assert.equal(await reader.read(frame), null);
    assert.equal(worker.asked.length, 1);
  });
}

test("a worker that cannot be made, or ends while it loads, is none", async () => {
  const none = createReader(
    vision,
    () => {},
    () => {
      throw new Error("no");
    },
  );
  assert.equal(await none.load(), "worker");
  const { reader, worker } = readerOf();
  const loading = reader.load();
  worker.fail();
  assert.equal(await loading, "worker");
});

test("a worker that ends later says so, whether it is asked something or not", async () => {
  for (const busy of [true, false]) {
    const { reader, worker, broke } = readerOf({ ok: true });
    await reader.load();
    const reading = busy && reader.read(frame);
    await settled();
    worker.fail();
    if (busy) assert.equal(await reading, null);
    assert.deepEqual(broke, ["worker"]);
    assert.equal(await reader.load(), "worker");
  }
});

test("a picture that could not be read is no fault of the worker", async () => {
  const { reader, broke } = readerOf({ ok: true }, { error: "frame", message: "…" });
  assert.equal(await reader.read(frame), null);
  assert.deepEqual(broke, []);
});
