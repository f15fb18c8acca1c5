// What the tests of the page start from: words, looks, faces, and a promise to be kept by hand.

import { File } from "node:buffer"; // no global of Node 18, which Debian 12 has
import { readdirSync, readFileSync } from "node:fs";
import { createAlbum } from "../../mood/page/static/photo/album.js";
import { createReader } from "../../mood/page/static/photo/reader.js";
import { createLooks } from "../../mood/page/static/shared/looks.js";
import { createPatience } from "../../mood/page/static/shared/patience.js";
import { createWords } from "../../mood/page/static/shared/words.js";

const STATIC = new URL("../../mood/page/static/", import.meta.url);

export const EXPRESSIONS = [
  "neutral",
  "happiness",
  "surprise",
  "sadness",
  "anger",
  "disgust",
  "fear",
  "contempt",
];

/** What a visitor wants of a photo. */
export const OPTIONS = {
  model: "mini",
  detector: "auto",
  certainty: 0.5,
  smallest_face: 16,
  expressions: [],
  show_unreadable: true,
  labels: true,
};

export const LANGUAGES = readdirSync(new URL("locales", STATIC)).map((file) => file.split(".")[0]);

/** The real words of a language. */
export const wordsOf = (language = "en") =>
  createWords(language, JSON.parse(readFileSync(new URL(`locales/${language}.json`, STATIC))));

export const palette = Object.fromEntries(
  [...EXPRESSIONS, "uncertain"].map((name) => [
    name,
    { colour: `colour of ${name}`, ink: "#000000" },
  ]),
);

export const looks = createLooks(palette, wordsOf());

/** A face of a photo that shows `expression`, or null, with a probability. */
export function faceOf(expression, { probability = 0.8, height = 50 } = {}) {
  const top = expression ?? "neutral";
  const rest = (1 - probability) / (EXPRESSIONS.length - 1);
  const exact = EXPRESSIONS.map((name) => (name === top ? probability : rest));
  return {
    bbox_xyxy: [10, 20, 40, 20 + height],
    confidence: 0.9,
    landmarks: null,
    verdict: expression ? "certain" : "uncertain",
    reason: null,
    readable: 0.9,
    expression,
    top,
    probability,
    certain: expression !== null,
    probabilities: Object.fromEntries(EXPRESSIONS.map((name, at) => [name, exact[at]])),
    exact,
    unknown: [],
    crop: "data:image/png;base64,AAAA",
    crop_wh: [48, 48],
    crop_landmarks: null,
  };
}

/** A face of a photo that cannot be read, though the network says something of it. */
export const unreadableOf = (reason, options) => ({
  ...faceOf(null, options),
  verdict: "unreadable",
  reason,
});

/** An answer with a face for each expression, or the faces themselves. */
export const answerOf = (...expressions) => ({
  model: "mini",
  detector: "yunet",
  source: "embedded",
  detector_source: "hub",
  width: 100,
  height: 80,
  duration_ms: 12,
  certainty: 0.5,
  faces: expressions.map((each) => (each instanceof Object ? each : faceOf(each))),
  more_faces: 0,
  unseen_parts: 0,
  frame: 0,
  turned_deg: 0,
});

export const fileOf = (name, { type = "image/jpeg", content = "bytes" } = {}) =>
  new File([content], name, { type });

/** A promise and the way to keep it. */
export function deferred() {
  const made = {};
  made.promise = new Promise((done, failed) => Object.assign(made, { done, failed }));
  return made;
}

/** Lets everything happen that waits for nothing else. */
export const settled = () => new Promise((done) => setImmediate(done));

/** A reader with an album and a server, and what it said. */
export function readerOf(server, { options = () => OPTIONS, pack, ...given } = {}) {
  const album = createAlbum();
  const told = [];
  const done = [];
  const reader = createReader({
    album,
    server: { under_way: async () => ({ loaded: true, downloads: [] }), ...server },
    words: wordsOf(),
    patience: createPatience(wordsOf(), { sleep: settled, chance: () => 0 }),
    options,
    pack: pack ?? (async (file) => ({ image: `data of ${file.name}` })),
    busy: (text, share = null) => told.push([text, share]),
    waiting: (sentence) => told.push([sentence]),
    done: (photo) => done.push(photo.name),
    slowMs: 1,
    ...given,
  });
  const add = (...names) => album.add(names.map((name) => fileOf(name)));
  return { album, reader, told, done, add };
}

/** An album with photos of these names, none of them read yet. */
export function albumOf(...names) {
  const album = createAlbum();
  album.add(names.map((name) => fileOf(name)));
  return album;
}

/** Has a photo of an album be read. */
export const settle = (album, name, answer = answerOf("fear")) =>
  album.settle(
    album.photos.find((photo) => photo.name === name),
    answer,
    OPTIONS,
  );
