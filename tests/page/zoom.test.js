import assert from "node:assert/strict";
import { test } from "node:test";
import {
  meantAt,
  pulled,
  seenIn,
  viewOn,
  WHOLE,
  zoomedAt,
} from "../../mood/page/static/photo/zoom.js";

const SIZE = { width: 800, height: 400 };

/** A face whose middle is at x, y and whose side is so long, in pixels of the whole photo. */
const faceAt = (x, y, side) => ({
  left: (x - side / 2) / SIZE.width,
  top: (y - side / 2) / SIZE.height,
  width: side / SIZE.width,
  height: side / SIZE.height,
});

test("what lies at the point stays there while the photo grows and shrinks", () => {
  const point = { x: 0.25, y: 0.7 };
  let view = WHOLE;
  for (const factor of [1.5, 2, 0.8]) {
    const before = { x: view.x + point.x / view.zoom, y: view.y + point.y / view.zoom };
    view = zoomedAt(view, point, factor);
    assert.ok(Math.abs(view.x + point.x / view.zoom - before.x) < 1e-9);
    assert.ok(Math.abs(view.y + point.y / view.zoom - before.y) < 1e-9);
  }
  assert.ok(Math.abs(view.zoom - 2.4) < 1e-9);
});

test("the photo is never smaller than whole, and no further than eight times as large", () => {
  assert.deepEqual(zoomedAt({ zoom: 1.2, x: 0.1, y: 0.1 }, { x: 0.9, y: 0.1 }, 0.1), { ...WHOLE });
  assert.equal(zoomedAt(WHOLE, { x: 0, y: 0 }, 100).zoom, 8);
});

test("a photo that is pulled stops at its edges", () => {
  const view = { zoom: 2, x: 0.25, y: 0.25 };
  assert.deepEqual(pulled(view, { x: 0.2, y: -0.2 }), { zoom: 2, x: 0.15, y: 0.35 });
  assert.deepEqual(pulled(view, { x: 5, y: -5 }), { zoom: 2, x: 0, y: 0.5 });
  assert.deepEqual(pulled(WHOLE, { x: 0.3, y: 0.3 }), { ...WHOLE });
});

test("a face that is large enough and in sight leaves the photo where it is", () => {
  assert.equal(viewOn(WHOLE, faceAt(400, 200, 60), SIZE), WHOLE);
});

test("a tiny face that is chosen becomes large, and lies in the middle where there is room", () => {
  const face = faceAt(300, 150, 16);
  const seen = seenIn(face, viewOn(WHOLE, face, SIZE), SIZE);
  assert.ok(seen.height >= 96);
  assert.ok(Math.abs(seen.left + seen.width / 2 - 400) < 1e-6);
  assert.ok(Math.abs(seen.top + seen.height / 2 - 200) < 1e-6);
  const corner = faceAt(8, 8, 16);
  assert.deepEqual([viewOn(WHOLE, corner, SIZE).x, viewOn(WHOLE, corner, SIZE).y], [0, 0]);
});

test("from one tiny face to the next the photo moves and keeps its size", () => {
  const view = viewOn(WHOLE, faceAt(300, 150, 16), SIZE);
  const next = viewOn(view, faceAt(600, 300, 15), SIZE);
  assert.equal(next.zoom, view.zoom);
  assert.notEqual(next.x, view.x);
});

test("a face that would not fit into the window makes the photo smaller again", () => {
  const large = faceAt(400, 200, 250);
  const view = viewOn({ zoom: 8, x: 0, y: 0 }, large, SIZE);
  const seen = seenIn(large, view, SIZE);
  assert.ok(view.zoom < 2 && view.zoom >= 1);
  assert.ok(seen.left >= 0 && seen.top >= 0 && seen.top + seen.height <= 400);
  assert.equal(viewOn(WHOLE, faceAt(400, 200, 390), SIZE), WHOLE);
});

test("a face out of sight comes into sight", () => {
  const view = { zoom: 2, x: 0, y: 0 };
  const seen = seenIn(faceAt(700, 300, 50), viewOn(view, faceAt(700, 300, 50), SIZE), SIZE);
  assert.ok(seen.left >= 0 && seen.left + seen.width <= SIZE.width);
  assert.ok(seen.top >= 0 && seen.top + seen.height <= SIZE.height);
});

const roomAt = (x, y, side) => ({
  left: x - side / 2,
  top: y - side / 2,
  width: side,
  height: side,
});

test("a tiny face is hit within 24 pixels, and the nearest of several is meant", () => {
  const rooms = [roomAt(100, 100, 10), roomAt(114, 100, 10)];
  assert.equal(meantAt({ x: 89, y: 111 }, rooms), 0);
  assert.equal(meantAt({ x: 106, y: 100 }, rooms), 0);
  assert.equal(meantAt({ x: 108, y: 100 }, rooms), 1);
  assert.equal(meantAt({ x: 127, y: 100 }, rooms), -1);
  assert.equal(meantAt({ x: 0, y: 0 }, []), -1);
});

test("the middle of a face means that face, though a larger one lies around it", () => {
  const rooms = [roomAt(100, 100, 200), roomAt(130, 120, 20)];
  assert.equal(meantAt({ x: 130, y: 120 }, rooms), 1);
  assert.equal(meantAt({ x: 100, y: 100 }, rooms), 0);
});
