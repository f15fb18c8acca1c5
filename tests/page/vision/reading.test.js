import assert from "node:assert/strict";
import { test } from "node:test";
import { cut } from "../../../mood/page/static/shared/settled.js";
import { fitWithin, readingOrder } from "../../../mood/page/static/vision/boxes.js";
import { crop, squareSide } from "../../../mood/page/static/vision/crops.js";
import { findFaces } from "../../../mood/page/static/vision/detection.js";
import { probabilities } from "../../../mood/page/static/vision/expression.js";
import { match } from "../../../mood/page/static/vision/matching.js";
import { rounded, written } from "../../../mood/page/static/vision/numbers.js";
import {
  howTurned,
  isCutOff,
  readableShare,
  reasonOf,
} from "../../../mood/page/static/vision/quality.js";
import { facesIn, read } from "../../../mood/page/static/vision/reading.js";
import { golden } from "./golden.js";

const table = golden("vision");
const sizeOf = ([width, height]) => ({ width, height });

function assertNear(numbers, wanted, by, message) {
  assert.equal(numbers.length, wanted.length);
  for (const [at, number] of numbers.entries()) {
    assert.ok(Math.abs(number - wanted[at]) <= by, `${message}: ${number}, not ${wanted[at]}`);
  }
}

test("numbers are rounded, cut and written as Python does it", () => {
  for (const { value, digits, repr } of table.rounding) {
    assert.equal(written(rounded(value, digits)), repr, `${value} to ${digits}`);
  }
  for (const [value, handed] of table.cutting) assert.equal(cut(value), handed, String(value));
});

test("a picture is scaled down to the same whole pixels", () => {
  for (const { size, side, fits } of table.fitting) {
    assert.deepEqual(fitWithin(sizeOf(size), side), sizeOf(fits), `${size} to ${side}`);
  }
});

test("faces stand in the same order", () => {
  for (const { boxes, order } of table.ordering) assert.deepEqual(readingOrder(boxes), order);
});

test("the same looks are taken, and the same faces come of them", () => {
  for (const each of table.looking) {
    const looked = [];
    const look = (...size) => {
      looked.push(size);
      return each.looks[looked.length - 1];
    };
    const found = findFaces({ look }, sizeOf(each.size), each, "full");
    assert.deepEqual(looked, each.looked);
    assert.deepEqual(found, each.faces);
  }
});

test("a slow device takes one small look", () => {
  const looked = [];
  const look = (...size) => {
    looked.push(size);
    return [];
  };
  const specs = { detection_side: 640, smallest_face: 16 };
  for (const mode of ["small", "slow"]) findFaces({ look }, sizeOf([640, 480]), specs, mode);
  assert.deepEqual(looked, [
    [256, 192],
    [256, 192],
  ]);
});

test("the same pixels of a face are cut out, level and slanted", () => {
  const wanted = table.specs.mini.preprocessing;
  for (const { size, face, side, square, warp } of table.cropping) {
    const [width, height] = size;
    const within = (value, most) => Math.min(Math.max(value, 0), most - 1);
    const done = {};
    const eyes = {
      square(left, top, right, bottom) {
        done.square = {
          size: [right - left, bottom - top],
          first: [within(left, width), within(top, height)],
          last: [within(right - 1, width), within(bottom - 1, height)],
        };
      },
      warp(step, ...matrix) {
        const shrunk = size.map((each) => Math.max(1, rounded(each / step)));
        done.warp = { shrunk, matrix };
      },
    };
    crop(eyes, sizeOf(size), face, wanted);
    assert.deepEqual(done.square, square);
    assert.equal(Boolean(done.warp), Boolean(warp));
    assert.equal(squareSide(face.box, wanted), side);
    if (!warp) continue;
    assert.deepEqual(done.warp.shrunk, warp.shrunk);
    const reach = Math.max(...warp.matrix.map(Math.abs));
    assertNear(done.warp.matrix, warp.matrix, 1e-6 * reach, "warp");
  }
});

test("what can be read is weighed in the same way, and for the same reasons", () => {
  for (const { measures, tone, readable, reason } of table.weighing) {
    assertNear([readableShare(measures, table.specs.quality)], [readable], 1e-12, "readable");
    assert.equal(reasonOf(measures, tone, table.specs.quality), reason);
  }
  for (const { face, size, turned, cut_off } of table.turning) {
    assert.equal(howTurned(face.landmarks), turned);
    assert.equal(isCutOff(face, sizeOf(size)), cut_off);
  }
});

test("what the network says becomes the same probabilities, for small faces too", () => {
  for (const { logits, side, probabilities: wanted } of table.softening) {
    const shares = probabilities(logits, table.specs.mini, table.specs.expressions, side);
    assertNear(shares, wanted, 1e-7, `side ${side}`);
  }
});

test("an expression that the network was never taught has no probability", () => {
  const labels = table.specs.mini.labels.filter((label) => label !== "contempt");
  const spec = { ...table.specs.mini, labels, logit_bias: [], small_faces: null, temperature: 1 };
  const shares = probabilities(Array(7).fill(0), spec, table.specs.expressions, 50);
  assertNear(shares, [...Array(7).fill(1 / 7), 0], 1e-7, "even");
});

test("faces are matched in the same way", () => {
  for (const { expected, found, pairs } of table.matching) {
    assert.deepEqual(match(expected, found), pairs);
  }
});

test("a whole frame is read in the same way", () => {
  for (const { size, specs, found, eyes, faces } of table.reading) {
    let now = -1;
    const engine = {
      look: (width) =>
        found.map(({ box, confidence, landmarks }) => {
          const scale = width / size[0];
          const scaled = (point) => point.map((value) => value * scale);
          return { box: scaled(box), confidence, landmarks: landmarks.map(scaled) };
        }),
      square: () => now++,
      warp: () => now++,
      readable: () => eyes[now].logit,
      mini: () => eyes[now].mini,
      sharpness: () => eyes[now].sharpness,
      tone: () => eyes[now].tone,
    };
    const here = sizeOf(size);
    const seen = facesIn(engine, here, specs, "full").map((face) =>
      read(engine, here, here, face, specs, "full"),
    );
    assert.equal(seen.length, faces.length);
    for (const [at, face] of seen.entries()) {
      const { probabilities: shares, ...rest } = face;
      const { probabilities: wanted, ...others } = faces[at];
      assert.deepEqual(rest, others);
      assertNear(shares, wanted, 1e-7, "probability");
    }
  }
});

test("without the network that tells, all that is whole can be read", () => {
  const [{ specs, found }] = table.reading;
  const engine = {
    square() {},
    warp() {},
    readable: () => Number.NaN,
    mini: (bothWays) => Array(8).fill(bothWays ? 1 : 0),
  };
  const size = { width: 320, height: 240 };
  const reasons = found.map((face) => read(engine, size, size, face, specs, "plain").reason);
  assert.deepEqual(reasons, [null, null, null, "cut_off", null, null]);
});
