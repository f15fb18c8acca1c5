import assert from "node:assert/strict";
import { test } from "node:test";
import { canBeHad, describe } from "../../mood/page/static/photo/networks.js";
import { LANGUAGES, wordsOf } from "./samples.js";

const offer = { name: "mini", size_bytes: 1_405_050, accuracy: 0.84, standing: "ready" };

test("a network is told by its size, how often it is right, and whether it is here", () => {
  assert.equal(describe(offer, wordsOf()), "1.4 MB · right about 84% of test pictures · ready");
  const far = { ...offer, size_bytes: 35_040_571, accuracy: null, standing: "download" };
  assert.equal(describe(far, wordsOf()), "35 MB · downloads once");
});

test("what cannot be had says why, in every language", () => {
  for (const standing of ["offline", "failed", "rejected"]) {
    assert.equal(canBeHad({ ...offer, standing }), false);
    const said = LANGUAGES.map(
      (language) => describe({ ...offer, standing }, wordsOf(language)).split(" · ")[2],
    );
    assert.ok(said.every((reason) => reason.length > 3));
  }
});
