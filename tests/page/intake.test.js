import assert from "node:assert/strict";
import { test } from "node:test";
import { sortDropped } from "../../mood/page/static/photo/drop.js";
import { fileOf } from "./samples.js";

/** What browsers hand over of a file or folder: a folder looks like a file without a type. */
const itemOf = (name, isDirectory = false) => ({
  getAsFile: () => fileOf(name, { type: isDirectory ? "" : "image/jpeg" }),
  webkitGetAsEntry: () => ({ name, isDirectory }),
  type: isDirectory ? "" : "image/jpeg",
});

test("of what is dropped, folders are told from photos", () => {
  const { files, folders } = sortDropped([itemOf("a.jpg"), itemOf("2024", true), itemOf("b.jpg")]);
  assert.deepEqual(
    files.map(({ name }) => name),
    ["a.jpg", "b.jpg"],
  );
  assert.deepEqual(folders, ["2024"]);
});

/** What else is dragged from a page: its text, its address. */
const textOf = (type) => ({ getAsFile: () => null, webkitGetAsEntry: () => null, type });

test("a picture of another page may be an address alone", () => {
  const { files, folders, addresses } = sortDropped([textOf("text/uri-list"), textOf("text/html")]);
  assert.deepEqual([files, folders, addresses], [[], [], true]);
  assert.equal(sortDropped([textOf("text/plain")]).addresses, false);
});

test("a picture of another page is taken where the browser hands it over", () => {
  const { files } = sortDropped([textOf("text/uri-list"), itemOf("a.jpg")]);
  assert.equal(files.length, 1);
});

test("a file without an entry is a file", () => {
  const file = fileOf("a.jpg");
  const item = { getAsFile: () => file, webkitGetAsEntry: () => null };
  assert.deepEqual(sortDropped([item]).files, [file]);
});
