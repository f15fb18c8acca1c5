import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOf } from "../../mood/page/static/shared/addresses.js";

const at = (address) => placeOf(new URL(address, "https://mood.example/some/where/"));

test("tabs and code have an address", () => {
  for (const place of ["photo", "live", "about", "code"]) assert.equal(at(`#${place}`), place);
  assert.equal(at("?__theme=dark#live"), "live");
});

test("what there is not is no place", () => {
  for (const address of ["", "#", "#nothing", "?view=else", "#live/2"])
    assert.equal(at(address), "");
});

test("Gradio's address of a description means the code, until another place is asked for", () => {
  assert.equal(at("?view=api"), "code");
  assert.equal(at("?view=api#about"), "about");
});

test("the figures of a device are in the live tab, until another place is asked for", () => {
  assert.equal(at("?bench"), "live");
  assert.equal(at("?bench#photo"), "photo");
});
