import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, createPatience, isBusy, pauseFor } from "../../mood/page/static/shared/patience.js";
import { deferred, settled, wordsOf } from "./samples.js";

const BUSY = { error: "busy", message: "…", retry_after_s: 5 };

/** Patience with a clock that moves when somebody sleeps, and a server with these answers. */
function patienceOf(answers, { work_ms = 0, language = "en", ...given } = {}) {
  const seen = { asked: [], slept: [], told: [], clock: 0 };
  const patience = createPatience(wordsOf(language), {
    now: () => seen.clock,
    sleep: async (ms) => {
      seen.slept.push(ms);
      seen.clock += ms;
    },
    chance: () => 0,
    ...given,
  });
  const question = async (data) => {
    seen.asked.push(data);
    seen.clock += work_ms;
    return answers.length > 1 ? answers.shift() : answers[0];
  };
  const insist = (signal) =>
    patience.insist(question, "a photo", (text) => seen.told.push(text), signal);
  return { insist, seen };
}

test("asking always gives an answer", async () => {
  assert.deepEqual(await ask(async (data) => ({ data }), 3), { data: 3 });
  assert.deepEqual(await ask(async () => null, 3), { error: "lost" });
  const fail = () => Promise.reject(new Error("no"));
  assert.deepEqual(await ask(fail, 3), { error: "lost" });
});

test("a busy server is asked the same again when it said to, and the visitor is told", async () => {
  const { insist, seen } = patienceOf([BUSY, { ...BUSY, retry_after_s: 12 }, { faces: [] }]);
  assert.deepEqual(await insist(), { faces: [] });
  assert.deepEqual(seen.asked, ["a photo", "a photo", "a photo"]);
  assert.deepEqual(seen.slept, [5000, 12_000]);
  assert.deepEqual(seen.told, [
    "The server is busy. This page tries again by itself in 5 s.",
    "",
    "The server is busy. This page tries again by itself in 12 s.",
    "",
  ]);
});

test("whoever has used up a share of his own reads that", async () => {
  const { insist, seen } = patienceOf([{ ...BUSY, error: "share" }, { faces: [] }], {
    language: "de",
  });
  await insist();
  assert.match(seen.told[0], /^Von Ihrem Anschluss warten schon viele Fotos\. .* 5 s/);
});

for (const error of ["unreadable", "model", "lost", "error"]) {
  test(`what is ${error} is not asked again`, async () => {
    const { insist, seen } = patienceOf([{ error, retry_after_s: 5 }]);
    assert.equal((await insist()).error, error);
    assert.deepEqual([seen.asked.length, seen.told], [1, []]);
  });
}

test("after two minutes the page gives up", async () => {
  const { insist, seen } = patienceOf([BUSY]);
  assert.deepEqual(await insist(), BUSY);
  assert.equal(seen.asked.length, 25);
  assert.equal(seen.clock, 120_000);
  assert.equal(seen.told.at(-1), "");
});

test("a server that is busy, then away, then there again has answered", async () => {
  const { insist, seen } = patienceOf([BUSY, null, null, { faces: [] }]);
  assert.deepEqual(await insist(), { faces: [] });
  assert.equal(seen.told.filter((text) => text.startsWith("The server is busy")).length, 3);
});

test("the time that the server took counts too", async () => {
  const { insist, seen } = patienceOf([BUSY], { work_ms: 58_000 });
  await insist();
  assert.equal(seen.asked.length, 2);
});

test("pauses are as long as the server wants, a little longer by chance, within bounds", () => {
  const chances = [0, 0.5, 1];
  const pauses = (wanted) => chances.map((chance) => pauseFor(wanted, () => chance));
  assert.deepEqual(pauses(8), [8000, 9000, 10_000]);
  assert.deepEqual(pauses(undefined), [5000, 5625, 6250]);
  assert.deepEqual(pauses(0.01), [1000, 1125, 1250]);
  assert.deepEqual(pauses(3600), [24_000, 27_000, 30_000]);
});

test("nobody waits for an answer that is not wanted any more", async () => {
  const night = deferred();
  const leaving = new AbortController();
  const { insist, seen } = patienceOf([BUSY], { sleep: () => night.promise });
  const waiting = insist(leaving.signal);
  await settled();
  assert.equal(seen.told.length, 1);
  leaving.abort();
  assert.deepEqual(await waiting, BUSY);
  assert.deepEqual([seen.asked.length, seen.told.at(-1)], [1, ""]);
});

test("only what passes by itself is busy", () => {
  const kinds = ["busy", "share", "lost", "model", "upload"];
  const busy = kinds.filter((error) => isBusy({ error }));
  assert.deepEqual(busy, ["busy", "share"]);
  assert.equal(isBusy({ faces: [] }), false);
});
