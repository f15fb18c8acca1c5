import assert from "node:assert/strict";
import { test } from "node:test";
import { createSentences } from "../../mood/page/static/photo/sentences.js";
import { answerOf, faceOf, LANGUAGES, unreadableOf, wordsOf } from "./samples.js";

const english = createSentences(wordsOf());
const german = createSentences(wordsOf("de"));

test("a face is told by its expression and how sure that is", () => {
  assert.equal(english.ofFace(faceOf("happiness", { probability: 0.999 })), "happiness >\u00a099%");
  assert.equal(english.ofFace(faceOf(null)), "uncertain");
});

test("a photo is told by its faces", () => {
  const photo = { name: "a.jpg", answer: answerOf("fear", null) };
  assert.equal(english.ofPhoto(photo), "Photo a.jpg is read. 2 faces. fear 80%, uncertain");
});

const [small, dark] = [unreadableOf("too_small"), unreadableOf("too_dark")];

test("faces that cannot be read are told by their number alone, and are no part of the sum", () => {
  const photo = { name: "a.jpg", answer: answerOf("fear", small, dark) };
  assert.equal(
    english.ofPhoto(photo),
    "Photo a.jpg is read. 1 face · 2 more that cannot be read. fear 80%",
  );
  assert.equal(english.ofAll(photo.answer.faces), "fear 80%");
  assert.equal(english.ofUnreadable([faceOf("fear")]), "");
});

test("where no face can be read, that is said", () => {
  const photo = { name: "a.jpg", answer: answerOf(small) };
  assert.equal(english.ofPhoto(photo), "Photo a.jpg is read. 0 faces · 1 that cannot be read.");
  assert.equal(english.ofAll([small]), "no readable face");
  assert.equal(english.ofAll([]), "no face");
});

test("a face that cannot be read says why, and no mood", () => {
  assert.equal(english.ofFace(dark), "cannot be read: too dark or too bright");
  assert.equal(german.ofFace(small), "nicht zu lesen: zu klein");
});

test("one that cannot be read is told as one, several as several", () => {
  assert.equal(german.ofUnreadable([faceOf("fear"), small]), "1 weiteres, das nicht zu lesen ist");
  assert.equal(
    german.ofUnreadable([faceOf("fear"), small, dark]),
    "2 weitere, die nicht zu lesen sind",
  );
});

test("faces that were not read are told as well", () => {
  const answer = { ...answerOf("fear", null), more_faces: 1100 };
  assert.equal(english.ofFaces(answer), "2 faces; 1,100 smaller ones were not read");
});

test("parts of a long picture that were not seen are told beside the faces, or beside none", () => {
  const some = { ...answerOf("fear"), unseen_parts: 3 };
  const note = wordsOf("de").count("unseen_parts", 3);
  assert.equal(german.remarks(some, 16), note);
  assert.ok(german.ofPhoto({ name: "a.jpg", answer: some }).endsWith(note));
  const none = wordsOf("de").count("no_face", 16);
  assert.equal(german.remarks({ ...answerOf(), unseen_parts: 3 }, 16), `${none} ${note}`);
  assert.equal(german.remarks(answerOf(), 16), none);
  assert.equal(german.remarks(answerOf("fear"), 16), "");
});

test("of an animation whose first frames are blank it is told which one was read", () => {
  const answer = { ...answerOf("fear"), frame: 3 };
  assert.match(english.ofFaces(answer), /^1 face; read in frame 4 of the animation/);
  assert.match(german.ofFaces(answer), /^1 Gesicht; gelesen in Bild 4 /);
});

test("a photo that was turned to be read says so in every language", () => {
  const answer = { ...answerOf("fear"), turned_deg: 180 };
  const turned = "1 face; to be read, the photo was turned by 180° clockwise";
  assert.equal(english.ofFaces(answer), turned);
  for (const language of LANGUAGES.filter((each) => each !== "en")) {
    const told = createSentences(wordsOf(language)).ofFaces(answer);
    assert.match(told, /°/);
    assert.notEqual(told, turned);
  }
});

test("what went wrong is told in the server's words, which are English, or in the page's", () => {
  const refused = { error: "too_large", message: "At most 20 MB are read." };
  assert.equal(english.excuse(refused), "At most 20 MB are read.");
  assert.equal(german.excuse(refused), wordsOf("de").say("error_too_large"));
  assert.equal(english.excuse({ error: "model" }), wordsOf().say("error_model"));
  const photo = { name: "a.jpg", answer: null, problem: refused };
  assert.equal(english.ofPhoto(photo), "a.jpg: At most 20 MB are read.");
});

test("what only who runs the server can change is not told to visitors", () => {
  for (const error of ["model", "settings", "error"]) {
    const message = `HF_HUB_OFFLINE forbids to fetch it (${error}).`;
    assert.doesNotMatch(english.excuse({ error, message }), /HF_HUB|forbids/);
  }
});

test("where the last result stays, it is said that it is the last one", () => {
  const photo = { name: "a.jpg", answer: answerOf("fear"), problem: { error: "model" } };
  const told = `a.jpg: ${wordsOf().say("error_model")} What you see here was read before.`;
  assert.equal(english.ofPhoto(photo), told);
});

test("what the page has no words for is told all the same", () => {
  assert.equal(german.excuse({ error: "novel" }), wordsOf("de").say("error_error"));
});

test("a share that is used up has a sentence of the page's own", () => {
  const refused = { error: "share", message: "Somewhat technical." };
  assert.equal(english.excuse(refused), wordsOf().say("error_share"));
});

for (const error of ["lost", "busy"]) {
  test(`${error} has a sentence of the page's own`, () => {
    const refused = { error, message: "Somewhat technical." };
    assert.equal(english.excuse(refused), wordsOf().say(error));
  });
}
