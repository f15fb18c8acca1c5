import assert from "node:assert/strict";
import { test } from "node:test";
import { placeLabels } from "../../mood/page/static/photo/tags.js";

const PICTURE = { left: 0, top: 0, right: 400, bottom: 300 };
const PLAIN = { tight: false, turned: false, mute: false };

/** A face at x, y; its label is 100 wide (20 without words), 20 high, above it or below. */
function labelOf(x, y, { size = 40, chosen = false } = {}) {
  return {
    face: { left: x, top: y, right: x + size, bottom: y + size },
    chosen,
    measure({ tight, turned }) {
      const [middle, half] = [x + size / 2, tight ? 10 : 50];
      const top = turned ? y + size + 5 : y - 25;
      return { left: middle - half, top, right: middle + half, bottom: top + 20 };
    },
  };
}

test("labels with room around them stand above their faces, in full", () => {
  const labels = [labelOf(50, 100), labelOf(300, 100)];
  assert.deepEqual(placeLabels(labels, PICTURE), [PLAIN, PLAIN]);
});

test("nobody has no labels", () => {
  assert.deepEqual(placeLabels([], PICTURE), []);
});

test("a label that would lie on another one loses its words, that of the smaller face", () => {
  const labels = [labelOf(60, 100, { size: 30 }), labelOf(120, 100, { size: 40 })];
  const [small, large] = placeLabels(labels, PICTURE);
  assert.deepEqual(large, PLAIN);
  assert.deepEqual(small, { ...PLAIN, tight: true });
});

test("a label that would lie on a face loses its words", () => {
  const labels = [labelOf(100, 200), labelOf(145, 150, { size: 60 })];
  assert.equal(placeLabels(labels, PICTURE)[0].tight, true);
});

test("the chosen face keeps its words, and the others make way", () => {
  const labels = [labelOf(60, 100, { size: 30, chosen: true }), labelOf(120, 100, { size: 40 })];
  const [chosen, large] = placeLabels(labels, PICTURE);
  assert.deepEqual(chosen, PLAIN);
  assert.equal(large.tight, true);
});

test("a label above the edge of the picture turns to the other side", () => {
  const [manner] = placeLabels([labelOf(200, 10)], PICTURE);
  assert.deepEqual(manner, { ...PLAIN, turned: true });
});

test("a label that fits on neither side stays, mute unless its face is chosen", () => {
  const low = { ...PICTURE, bottom: 60 };
  assert.deepEqual(placeLabels([labelOf(200, 10)], low), [{ ...PLAIN, mute: true }]);
  assert.deepEqual(placeLabels([labelOf(200, 10, { chosen: true })], low), [PLAIN]);
});

test("a mute label takes no room from others", () => {
  const low = { ...PICTURE, top: 0, bottom: 60 };
  const tall = labelOf(200, 10, { size: 45 }); // fits on neither side
  const beside = { ...labelOf(205, 12, { size: 10 }), measure: () => tall.measure(PLAIN) };
  beside.measure = () => ({ left: 200, top: 30, right: 210, bottom: 50 });
  tall.measure = () => ({ left: 200, top: -20, right: 210, bottom: 40 });
  const [first, second] = placeLabels([tall, beside], low);
  assert.equal(first.mute, true);
  assert.equal(second.mute, false);
});

test("none of the labels that are shown lies on another one", () => {
  const labels = [];
  for (let x = 10; x < 380; x += 45) labels.push(labelOf(x, 60), labelOf(x + 15, 130));
  const manners = placeLabels(labels, PICTURE);
  const shown = labels.filter((_, at) => !manners[at].mute);
  const rooms = shown.map((label) => label.measure(manners[labels.indexOf(label)]));
  assert.ok(shown.length > 3);
  for (const [at, room] of rooms.entries()) {
    for (const other of rooms.slice(0, at)) {
      const beside = room.right <= other.left || other.right <= room.left;
      assert.ok(beside || room.bottom <= other.top || other.bottom <= room.top);
    }
  }
});
