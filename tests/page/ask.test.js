import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../../mood/page/static/photo/reader.js";

test("asking always gives an answer", async () => {
  assert.deepEqual(await ask(async (data) => ({ data }), 3), { data: 3 });
  assert.deepEqual(await ask(async () => null, 3), { error: "lost" });
  assert.deepEqual(await ask(async () => 1, Promise.reject(new Error("no"))), { error: "lost" });
});
