// What is dropped, wherever on the page: it is taken, and the browser never leaves the page for it.

import { openTab } from "../shared/tabs.js";

const ADDRESSES = ["text/uri-list", "text/html", "text/x-moz-url"];

/**
 * @param {HTMLElement} root The panel that takes photos.
 * @param {object} given
 * @param {(dropped: ReturnType<typeof sortDropped>) => void} given.files
 * @param {(on: boolean) => void} given.over Whether something is held over the page.
 */
export function createDrop(root, { files, over }) {
  let own = false; // whether what is dragged is a part of this page
  const listen = (/** @type {string} */ kind, /** @type {(event: DragEvent) => void} */ hear) =>
    document.addEventListener(kind, (event) => {
      if (root.isConnected && event instanceof DragEvent) hear(event);
    });

  listen("dragstart", () => {
    own = true;
  });
  listen("dragend", () => {
    own = false;
  });
  listen("dragover", (event) => {
    event.preventDefault();
    over(!own);
  });
  listen("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) over(false); // else it is still over another part of the page
  });
  listen("drop", (event) => {
    event.preventDefault();
    over(false);
    if (!own) take([...(event.dataTransfer?.items ?? [])]);
  });

  /** @param {DataTransferItem[]} items */
  function take(items) {
    const dropped = sortDropped(items);
    if (!(dropped.files.length || dropped.folders.length || dropped.addresses)) return;
    if (!root.offsetParent) openTab(root);
    files(dropped);
  }

  return {
    /** Takes what was dropped before there was a panel; see `document.py`. */
    takeEarly() {
      const early = window.dropped ?? [];
      delete window.dropped;
      take(early);
    },
  };
}

/**
 * What was dropped: the files, the names of folders, which browsers hand over as if they were files,
 * and whether there is an address, as of a picture of another page.
 *
 * @param {DataTransferItem[]} items
 */
export function sortDropped(items) {
  /** @type {{ files: File[], folders: string[], addresses: boolean }} */
  const sorted = { files: [], folders: [], addresses: false };
  for (const item of items) {
    const file = item.getAsFile();
    const entry = item.webkitGetAsEntry();
    if (entry?.isDirectory) sorted.folders.push(entry.name);
    else if (file) sorted.files.push(file);
    else if (ADDRESSES.includes(item.type)) sorted.addresses = true;
  }
  return sorted;
}
