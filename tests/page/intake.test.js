import assert from "node:assert/strict";
import { test } from "node:test";
import { sortDropped } from "../../mood/page/static/photo/intake.js";
import { fileOf } from "./samples.js";

/** What browsers hand over of a file or folder: a folder looks like a file without a type. */
const itemOf = (name, isDirectory = false) => ({
  getAsFile: () => fileOf(name, { type: isDirectory ? "" : "image/jpeg" }),
  webkitGetAsEntry: () => ({ name, isDirectory }),
});

test("of what is dropped, folders are told from photos", () => {
  const { files, folders } = sortDropped([itemOf("a.jpg"), itemOf("2024", true), itemOf("b.jpg")]);
  assert.deepEqual(
    files.map(({ name }) => name),
    ["a.jpg", "b.jpg"],
  );
  assert.deepEqual(folders, ["2024"]);
});

test("what is dropped from another page without a file is neither", () => {
  const text = { getAsFile: () => null, webkitGetAsEntry: () => null };
  assert.deepEqual(sortDropped([text]), { files: [], folders: [] });
});

test("a file without an entry is a file", () => {
  const file = fileOf("a.jpg");
  const item = { getAsFile: () => file, webkitGetAsEntry: () => null };
  assert.deepEqual(sortDropped([item]).files, [file]);
});
