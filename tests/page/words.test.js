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

test("languages have as many forms of a plural as they have", () => {
  const texts = { things: "{n} more", things_one: "{n} one", things_two: "{n} two" };
  const { count } = createWords("ar", { ...texts, things_few: "{n} few", things_many: "{n} many" });
  const said = [1, 2, 3, 11, 100].map((n) => count("things", n).split(" ")[1]);
  assert.deepEqual(said, ["one", "two", "few", "many", "more"]);
});

test("other values are filled in, and what is written decides on the form", () => {
  const texts = { rate: "{n} of {all} things", rate_one: "{n} of {all} thing" };
  const { count } = createWords("en", texts);
  assert.equal(count("rate", 1.04, { all: 5 }, 1), "1 of 5 thing");
  assert.equal(count("rate", 1.06, { all: 5 }, 1), "1.1 of 5 things");
});

test("faces are counted in every language", () => {
  const said = (language) => [1, 2, 3, 11].map((n) => wordsOf(language).count("faces", n));
  assert.deepEqual(said("en"), ["1 face", "2 faces", "3 faces", "11 faces"]);
  assert.deepEqual(said("de"), ["1 Gesicht", "2 Gesichter", "3 Gesichter", "11 Gesichter"]);
  assert.equal(new Set(said("ar").map((each) => each.replace(/\p{N}+/gu, ""))).size, 4);
  assert.equal(wordsOf("fr").count("faces", 0), "0 visage");
});
