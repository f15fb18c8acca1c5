import assert from "node:assert/strict";
import { test } from "node:test";
import {
  placeDots,
  placeForGood,
  placeKey,
  placeOpen,
  placePlates,
} from "../../mood/page/static/shared/plates.js";

const PICTURE = { width: 400, height: 300 };
const LINE = 20;

/** A face at x, y that wants a label of 100 pixels, or of 20 for its number. */
const markOf = (at, x, y, size = 40, given = {}) => ({
  at,
  face: { left: x, top: y, width: size, height: size },
  words: 100,
  number: 20,
  ...given,
});

const facesOf = (marks) => marks.map(({ face }) => face);
const place = (marks, faces = facesOf(marks), taken = []) =>
  placePlates(marks, faces, PICTURE, LINE, taken);
const save = (marks, faces = facesOf(marks)) => placeForGood(marks, faces, PICTURE, LINE);

/** How each mark is told, in their order. */
const kindsOf = (marks, { plates }) =>
  marks.map((mark) => plates.find((plate) => plate.mark === mark)?.kind ?? null);

const touch = (a, b) =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height;

/** Faces in rows, so close that not all can be told in words. */
const crowdOf = (columns, rows, [across, down], size) =>
  Array.from({ length: columns * rows }, (_, at) =>
    markOf(at, 6 + across * (at % columns), 26 + down * Math.floor(at / columns), size + (at % 3)),
  );

function assertApart(rooms, faces) {
  for (const [at, room] of rooms.entries()) {
    for (const other of rooms.slice(0, at)) assert.ok(!touch(room, other));
    for (const face of faces) assert.ok(!touch(room, face));
    assert.ok(room.left >= 0 && room.left + room.width <= PICTURE.width);
    assert.ok(room.top >= 0 && room.top + room.height <= PICTURE.height);
  }
}

test("a label with room stands above its face, in full, and needs no key", () => {
  const marks = [markOf(0, 150, 100), markOf(1, 300, 200)];
  assert.deepEqual(kindsOf(marks, place(marks)), ["words", "words"]);
  assert.ok(place(marks).plates.every(({ top, mark }) => top + LINE < mark.face.top));
  assert.deepEqual(save(marks).key, []);
});

test("a label without room above stands below its face, and without room there beside it", () => {
  const [low] = place([markOf(0, 150, 5)]).plates;
  assert.ok(low.top > 45);
  const [beside] = place([markOf(0, 100, 5, 290)].map((mark) => ({ ...mark, words: 90 }))).plates;
  assert.deepEqual([beside.kind, beside.left + beside.width < 100], ["words", true]);
});

test("in a crowd no label lies on a face or on another label, and each has a number or a dot", () => {
  for (const marks of [crowdOf(6, 4, [64, 68], 34), crowdOf(10, 6, [39, 44], 22)]) {
    const faces = facesOf(marks);
    const { plates, rest } = place(marks);
    const dots = placeDots(rest, faces, plates, PICTURE, 8);
    assertApart([...plates, ...dots], faces);
    assert.equal(new Set([...plates, ...dots].map(({ mark }) => mark)).size, marks.length);
  }
});

test("everybody has a number before a large face has words", () => {
  const marks = [markOf(0, 150, 100, 60, { words: 140 }), markOf(1, 215, 100, 14)];
  const walls = [
    { left: 0, top: 0, width: 100, height: 300 },
    { left: 260, top: 0, width: 140, height: 300 },
    { left: 100, top: 0, width: 160, height: 70 },
    { left: 100, top: 161, width: 160, height: 139 },
    { left: 212, top: 115, width: 48, height: 46 },
    { left: 230, top: 100, width: 30, height: 15 },
  ];
  assert.deepEqual(kindsOf(marks, place(marks, facesOf(marks), walls)), ["number", "number"]);
  const [alone] = marks;
  assert.deepEqual(kindsOf([alone], place([alone], facesOf(marks), walls)), ["words"]);
});

test("the label of who is to be first has its words, and others make way", () => {
  const marks = [markOf(0, 100, 30, 40), markOf(1, 154, 31, 38)];
  const small = { width: 200, height: 70 }; // room above alone
  const told = (first) => {
    const given = marks.map((mark) => ({ ...mark, first: mark.at === first }));
    return kindsOf(given, placePlates(given, facesOf(given), small, LINE));
  };
  assert.deepEqual(told(0), ["words", "number"]);
  assert.deepEqual(told(1), ["number", "words"]);
});

test("a label makes way for a face that has none, and for what stands over the picture", () => {
  const mark = markOf(0, 150, 100);
  const wide = (top) => ({ left: 0, top, width: 400, height: 35 });
  const beside = [0, 200].map((left) => ({ left, top: 60, width: left ? 200 : 140, height: 120 }));
  const around = [wide(60), wide(145), ...beside];
  assert.deepEqual(place([mark], [mark.face, ...around]).rest, [mark]);
  assert.deepEqual(place([mark], [mark.face], around).rest, [mark]);
});

test("a dot has the corner of its own frame where nothing else is free, but none on another face", () => {
  const mark = markOf(0, 0, 0, 300, { face: { left: 0, top: 5, width: 395, height: 290 } });
  const [dot] = placeDots([mark], [mark.face], [], PICTURE, 8);
  assert.ok(dot.left + dot.width <= 400 && dot.top >= 0);
  const other = { left: 380, top: 0, width: 20, height: 20 };
  assert.deepEqual(placeDots([mark], [mark.face, other], [], PICTURE, 8), []);
});

test("a label opens within the picture, where it hides least", () => {
  const mark = markOf(0, 2, 100);
  const over = { left: 0, top: 60, width: 60, height: 38 };
  const under = { left: 0, top: 142, width: 60, height: 38 };
  const aside = { left: 60, top: 100, width: 10, height: 40 };
  const room = placeOpen(mark, [mark.face, over, under, aside], PICTURE, LINE);
  assert.ok(room.left > 42 && touch(room, aside));
  assert.ok(!touch(room, mark.face) && !touch(room, over) && !touch(room, under));
  const whole = markOf(0, 0, 0, 300);
  const inside = placeOpen(whole, [whole.face], { width: 300, height: 300 }, LINE);
  assert.ok(inside.top >= 0 && inside.top + LINE <= 300);
});

test("in what is saved, numbers stand where words have no room, and a key says the rest", () => {
  const crowd = crowdOf(10, 6, [39, 44], 22);
  const { plates, key } = save(crowd);
  assert.equal(plates.length, crowd.length);
  const numbered = plates.filter(({ kind }) => kind === "number").map(({ mark }) => mark.at);
  assert.deepEqual(
    key.map(({ at }) => at),
    numbered.sort((a, b) => a - b),
  );
  const faces = facesOf(crowd);
  for (const plate of plates) {
    for (const face of faces) if (plate.mark.face !== face) assert.ok(!touch(plate, face));
  }
});

test("a face that is alone is saved with its words wherever it is", () => {
  const whole = { ...markOf(0, 0, 0), face: { left: 0, top: 0, width: 400, height: 300 } };
  assert.deepEqual(place([whole]).rest, [whole], "on the screen it has a dot that opens");
  const { plates, key } = save([whole]);
  assert.equal(plates[0].kind, "words");
  assert.ok(plates[0].top >= 0 && plates[0].top + LINE <= PICTURE.height);
  assert.deepEqual(key, []);
});

test("no label of what is saved leaves the picture", () => {
  const marks = [markOf(0, -20, 100), markOf(1, 390, 200), markOf(2, 200, 290)];
  const { plates } = save(marks);
  assert.equal(plates.length, 3);
  for (const { left, top, width, height } of plates) {
    assert.ok(left >= 0 && left + width <= PICTURE.width);
    assert.ok(top >= 0 && top + height <= PICTURE.height);
  }
});

test("a key stands in as many columns as fit, and takes no room where there is none", () => {
  assert.deepEqual(placeKey(0, 400, LINE, 120), { places: [], height: 0 });
  const { places, height } = placeKey(5, 400, LINE, 110);
  assert.equal(new Set(places.map(({ left }) => left)).size, 3);
  assert.equal(new Set(places.map(({ top }) => top)).size, 2);
  assert.ok(height > 2 * LINE);
  assert.ok(Math.max(...places.map(({ left }) => left)) + 110 <= 400);
});

test("rows that are wider than the picture stand one below the other", () => {
  const { places } = placeKey(3, 100, LINE, 300);
  assert.deepEqual([...new Set(places.map(({ left }) => left))], [10]);
});
