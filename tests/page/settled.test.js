import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { asked, considered, judged, settled } from "../../mood/page/static/shared/settled.js";
import { OPTIONS } from "./samples.js";

const cases = JSON.parse(readFileSync(new URL("../data/settled.json", import.meta.url)));

function assertLike(shown, wanted, message) {
  const near = (a, b) => assert.ok(Math.abs(a - b) < 2e-4, `${message}: ${a}, not ${b}`);
  assert.equal(shown.faces.length, wanted.faces.length, message);
  for (const [at, face] of shown.faces.entries()) {
    const { probabilities, probability, exact: _, ...rest } = face;
    const { probabilities: each, probability: top, exact: _as_well, ...others } = wanted.faces[at];
    assert.deepEqual(rest, others, message);
    near(probability, top);
    for (const name of Object.keys(each)) near(probabilities[name], each[name]);
  }
  assert.deepEqual({ ...shown, faces: [] }, { ...wanted, faces: [] }, message);
}

test("what is shown of an answer is what the program would have said with these settings", () => {
  let count = 0;
  for (const { reading, shown } of cases) {
    for (const { wish, answer } of shown) {
      assertLike(settled(reading, wish), answer, JSON.stringify(wish));
      count++;
    }
  }
  assert.ok(count > 30);
});

test("an answer itself stays as it is, and so does what was asked for", () => {
  const [{ reading, shown }] = structuredClone(cases);
  for (const { wish } of shown) settled(reading, wish);
  assert.deepEqual(reading, cases[0].reading);
});

test("the server is asked for all that may be wanted later, but for no smaller faces", () => {
  const wanted = { ...OPTIONS, certainty: 0.9, smallest_face: 40, expressions: ["fear", "anger"] };
  const { certainty, smallest_face, expressions, show_unreadable, model } = asked({
    ...wanted,
    show_unreadable: false,
  });
  assert.deepEqual([certainty, expressions, show_unreadable], [0, [], true]);
  assert.deepEqual([smallest_face, model], [40, "mini"]);
});

test("faces that were not read are left out with those that are too low", () => {
  const [{ reading }] = cases;
  const answer = { ...reading, more_faces: 7 };
  const wish = { ...OPTIONS, certainty: 0, expressions: [], smallest_face: 0 };
  assert.equal(settled(answer, wish).more_faces, 7);
  assert.equal(settled(answer, { ...wish, smallest_face: 30 }).more_faces, 0);
});

test("of a network that knows none of what counts, all counts", () => {
  const names = ["fear", "anger", "contempt"];
  assert.deepEqual(considered([0.2, 0.3, 0.5], names, ["contempt"], ["contempt"]), [0.2, 0.3, 0.5]);
  assert.deepEqual(considered([0.2, 0.3, 0.5], names, ["fear", "anger"]), [0.4, 0.6, 0]);
  assert.deepEqual(considered([0, 0, 1], names, ["fear", "anger"]), [0.5, 0.5, 0]);
});

test("what cannot be read stays so, however little certainty is wanted", () => {
  assert.equal(judged([0.4, 0.6], "unreadable", 0), "unreadable");
  assert.equal(judged([0.4, 0.6], "uncertain", 0.6), "certain");
  assert.equal(judged([0.4, 0.6], "certain", 0.61), "uncertain");
});
