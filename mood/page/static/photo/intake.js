// The ways by which photos come in: chosen, dropped, pasted, or one of the examples.

/** @import { PhotoProps } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { sortDropped } from "./drop.js" */

import { find, make, part } from "../shared/dom.js";
import { createDrop } from "./drop.js";

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

  for (const input of [chooser, find(root, ".take input", HTMLInputElement)]) {
    input.addEventListener("change", () => {
      take([...(input.files ?? [])]);
      input.value = "";
    });
  }

  const drop = createDrop(root, {
    files: takeDropped,
    over: (on) => root.classList.toggle("over", on),
  });

  /** @param {ReturnType<typeof sortDropped>} dropped */
  function takeDropped({ files, folders, addresses }) {
    if (files.length) take(files);
    if (folders.length) complain(words.say("drop_folder", { name: folders.join(", ") }));
    else if (addresses && !files.length) complain(words.say("drop_address"));
  }

  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const inSight = root.isConnected && root.offsetParent;
    if (!inSight || !files.length) return;
    event.preventDefault();
    take(files);
  });

  for (const { name, address, small } of props.examples) {
    part(root, "examples").append(make("li", {}, makeExample(name, address, small)));
  }
  find(root, ".offers").hidden = !props.examples.length;

  /**
   * @param {string} name
   * @param {string} address From the page, fetched when it is chosen.
   * @param {string} small That of a picture of it.
   */
  function makeExample(name, address, small) {
    const [url, src] = [address, small].map((each) => new URL(each, document.baseURI).href);
    const key = `example_${name}`;
    const title = make("span", {}, words.knows(key) ? words.say(key) : name);
    const image = make("img", { src, alt: "", loading: "lazy", width: 72, height: 72 });
    const open = make("button", { type: "button", "data-example": name }, image, title);
    open.addEventListener("click", async () => {
      const answer = await fetch(url).catch(() => null);
      if (!answer?.ok) return complain(words.say("lost"));
      const blob = await answer.blob();
      take([new File([blob], `${name}.jpg`, { type: blob.type })]);
    });
    return open;
  }

  return { focus: () => chooser.focus(), takeEarly: drop.takeEarly };
}
