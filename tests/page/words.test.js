import assert from "node:assert/strict";
import { test } from "node:test";
import { createWords, pickLanguage } from "../../mood/page/static/shared/words.js";
import { wordsOf } from "./samples.js";

test("the language is the first one of the browser, else English", () => {
  const known = ["en", "de", "zh"];
  assert.equal(pickLanguage("de-AT", known), "de");
  assert.equal(pickLanguage("ZH", known), "zh");
  assert.equal(pickLanguage("ja-JP", known), "en");
});

test("what stands for a name is filled in, also twice and as a number", () => {
  const words = createWords("en", { one: "{n} of {all}, {n}!", plain: "as it is" });
  assert.equal(words.say("one", { n: 0, all: "3" }), "0 of 3, 0!");
  assert.equal(words.say("plain"), "as it is");
});

test("it is known which words there are", () => {
  const words = createWords("en", { one: "" });
  assert.ok(words.knows("one"));
  assert.ok(!words.knows("two"));
});

test("nothing is 100 %, and what is there is not 0 %", () => {
  const { percent } = wordsOf();
  assert.equal(percent(0.9996), ">\u00a099%");
  assert.equal(percent(0.99999, 1), ">\u00a099.9%");
  assert.equal(percent(0.9949), "99%");
  assert.equal(percent(1), ">\u00a099%");
  assert.equal(percent(0.504), "50%");
  assert.equal(percent(0.005), "1%");
  assert.equal(percent(0.0049), "<\u00a01%");
  assert.equal(percent(0), "0%");
});

test("numbers are written as the language does", () => {
  assert.equal(wordsOf("en").number(3376), "3,376");
  assert.equal(wordsOf("de").number(3376), "3.376");
  assert.equal(wordsOf("de").number(1.06, 1), "1,1");
  assert.equal(wordsOf("de").percent(0.8451, 1).replace(/\s/, " "), "84,5 %");
});

test("Arabic runs from right to left", () => {
  assert.equal(wordsOf("ar").direction, "rtl");
  assert.equal(wordsOf("fr").direction, "ltr");
});

test("one thing has a text of its own where the language has one", () => {
  const texts = { things: "{n} things", things_one: "{n} thing" };
  const count = (language, n) => createWords(language, texts).count("things", n);
  assert.deepEqual([count("en", 1), count("en", 2)], ["1 thing", "2 things"]);
  assert.equal(count("zh", 1), "1 things");
  assert.equal(count("de", 1200), "1.200 things");
});
