// The ways by which photos come in: chosen, dropped, pasted, or one of the examples.

/** @import { PhotoProps } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */

import { find, make, part } from "../shared/dom.js";

/**
 * @param {HTMLElement} root
 * @param {PhotoProps} props
 * @param {Words} words
 * @param {(files: File[]) => void} take
 * @param {(sentence: string) => void} complain Says why something is not taken.
 */
export function createIntake(root, props, words, take, complain) {
  const chooser = find(root, "input[type=file]", HTMLInputElement);
  part(root, "hint").textContent = words.say("drop_hint", { mb: props.max_mb });

  chooser.addEventListener("change", () => {
    take([...(chooser.files ?? [])]);
    chooser.value = "";
  });

  for (const kind of /** @type {const} */ (["dragover", "dragleave", "drop"])) {
    root.addEventListener(kind, (event) => {
      event.preventDefault();
      root.classList.toggle("over", kind === "dragover");
      if (kind === "drop" && event.dataTransfer) takeDropped(event.dataTransfer);
    });
  }

  /** @param {DataTransfer} dropped */
  function takeDropped({ items }) {
    const { files, folders } = sortDropped([...items]);
    if (files.length) take(files);
    if (folders.length) complain(words.say("drop_folder", { name: folders.join(", ") }));
  }

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const inSight = root.isConnected && root.offsetParent;
    if (!inSight || !files.length) return;
    event.preventDefault();
    take(files);
  });

  for (const { name, address } of props.examples) {
    part(root, "examples").append(make("li", {}, makeExample(name, address)));
  }
  find(root, ".offers").hidden = !props.examples.length;

  /**
   * @param {string} name
   * @param {string} address From the page.
   */
  function makeExample(name, address) {
    const url = new URL(address, document.baseURI).href;
    const key = `example_${name}`;
    const title = make("span", {}, words.knows(key) ? words.say(key) : name);
    const image = make("img", { src: url, alt: "", loading: "lazy", width: 72, height: 72 });
    const open = make("button", { type: "button", "data-example": name }, image, title);
    open.addEventListener("click", async () => {
      const answer = await fetch(url).catch(() => null);
      if (!answer?.ok) return complain(words.say("lost"));
      const blob = await answer.blob();
      take([new File([blob], `${name}.jpg`, { type: blob.type })]);
    });
    return open;
  }

  return { focus: () => chooser.focus() };
}

/**
 * What was dropped: the files, and the names of folders, which browsers hand over as if they were files.
 *
 * @param {DataTransferItem[]} items
 */
export function sortDropped(items) {
  /** @type {{ files: File[], folders: string[] }} */
  const sorted = { files: [], folders: [] };
  for (const item of items) {
    const file = item.getAsFile();
    const entry = item.webkitGetAsEntry();
    if (entry?.isDirectory) sorted.folders.push(entry.name);
    else if (file) sorted.files.push(file);
  }
  return sorted;
}
