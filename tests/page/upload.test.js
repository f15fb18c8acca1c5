import assert from "node:assert/strict";
import { test } from "node:test";
import { stubborn, TooLargeError } from "../../mood/page/static/photo/payload.js";
import { fileOf, wordsOf } from "./samples.js";

const upload = async (file) => ({ path: `/uploads/${file.name}` });

test("an upload whose answer would stay the same is not tried again", async () => {
  for (const [message, tries] of [
    ['HTTP 413: {"detail":"A file may have 20 MB."}', 1],
    ["HTTP 400: damaged", 1],
    ["HTTP 403: ", 1],
    ["HTTP 429: wait", 3],
    ["HTTP 503: busy", 3],
    ["Could not connect", 3],
  ]) {
    let calls = 0;
    const fail = async () => {
      calls++;
      throw new Error(message);
    };
    const told = [];
    const sent = stubborn(fail, wordsOf(), { sleep: async () => {} }, (text) => told.push(text));
    await assert.rejects(sent(fileOf("a.tiff")), (error) => {
      assert.equal(error instanceof TooLargeError, message.startsWith("HTTP 413"));
      return true;
    });
    assert.deepEqual([calls, told.length], [tries, 2 * (tries - 1)], message);
  }
});

test("an upload that fails is tried twice more, and the visitor is told", async () => {
  for (const [failures, most] of [
    [2, "/uploads/a.tiff"],
    [3, null],
  ]) {
    let calls = 0;
    const slept = [];
    const told = [];
    const fail = async (file) => {
      if (calls++ < failures) throw new Error("no network");
      return upload(file);
    };
    const patience = { sleep: async (ms) => slept.push(ms) };
    const sent = stubborn(fail, wordsOf(), patience, (text) => told.push(text));
    const done = await sent(fileOf("a.tiff")).catch(() => ({ path: null }));
    assert.deepEqual([done.path, calls], [most, 3]);
    assert.ok(slept[0] >= 3000 && slept[1] >= 10_000 && slept[1] <= 12_500);
    const again = "The file did not get through. Sending it again …";
    assert.deepEqual(told, [again, "", again, ""]);
  }
});
