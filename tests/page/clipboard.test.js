import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { copyText } from "../../mood/page/static/shared/clipboard.js";

const CODE = { textContent: "print(1)" };
const own = Object.getOwnPropertyDescriptor(globalThis, "navigator");

/** A browser with such a clipboard, which takes the command to copy or does not. */
function browserOf(clipboard, takesCommand = false) {
  const seen = { marked: null, copied: null };
  const marked = {
    selectAllChildren: (node) => {
      seen.marked = node;
    },
    removeAllRanges: () => {
      seen.marked = null;
    },
  };
  const document = {
    execCommand: (command) => {
      if (takesCommand) seen.copied = `${command} ${seen.marked.textContent}`;
      return takesCommand;
    },
  };
  const navigator = { value: { clipboard }, configurable: true };
  Object.defineProperty(globalThis, "navigator", navigator);
  Object.assign(globalThis, { document, getSelection: () => marked });
  return seen;
}

afterEach(() => {
  delete globalThis.navigator;
  if (own) Object.defineProperty(globalThis, "navigator", own);
  delete globalThis.document;
  delete globalThis.getSelection;
});

test("where there is a clipboard, the text goes there", async () => {
  const written = [];
  browserOf({ writeText: async (text) => written.push(text) });
  assert.equal(await copyText(CODE), true);
  assert.deepEqual(written, ["print(1)"]);
});

for (const [where, clipboard] of Object.entries({
  "on plain http, where there is none,": undefined,
  "where the page may not use it": {
    writeText: () => Promise.reject(new Error("not allowed")),
  },
})) {
  test(`${where} the marked text is copied by command`, async () => {
    const seen = browserOf(clipboard, true);
    assert.equal(await copyText(CODE), true);
    assert.deepEqual(seen, { marked: null, copied: "copy print(1)" });
  });
}

test("a browser that copies nothing for pages leaves the text marked, to be copied by hand", async () => {
  const seen = browserOf(undefined, false);
  assert.equal(await copyText(CODE), false);
  assert.equal(seen.marked, CODE);
});
