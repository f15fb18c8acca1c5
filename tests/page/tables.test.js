import assert from "node:assert/strict";
import { test } from "node:test";
import { toCsv } from "../../mood/page/static/photo/save.js";
import { usualTable, writtenWith } from "../../mood/page/static/shared/tables.js";
import { answerOf, EXPRESSIONS } from "./samples.js";

test("a country with decimal commas gets semicolons between", () => {
  const usual = ["de", "de-AT", "fr-FR", "es-ES", "en-GB", "zh-CN"].map(usualTable);
  const semicolon = "semicolon";
  assert.deepEqual(usual, [semicolon, semicolon, semicolon, semicolon, "comma", "comma"]);
});

test("a table with semicolons has the same columns and decimal commas", () => {
  const plain = toCsv(answerOf("fear", null), EXPRESSIONS);
  assert.equal(writtenWith(plain, "comma"), plain);
  const rows = writtenWith(plain, "semicolon").split("\n");
  assert.deepEqual(rows[0].split(";"), plain.split("\n")[0].split(","));
  assert.ok(rows[1].startsWith("1;10;20;40;70;0,9;certain;;fear;0,8;"));
});
