// The form in which a visitor says how photos are to be read.

/** @import { Options, PhotoProps } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */

import { button, find, make, part } from "../shared/dom.js";
import { chooseTable, chosenTable } from "../shared/tables.js";

/**
 * @param {HTMLElement} root
 * @param {PhotoProps} props
 * @param {Words} words
 * @param {() => void} changed
 */
export function createOptions(root, props, words, changed) {
  const model = find(root, "[data-set=model]", HTMLSelectElement);
  const detector = find(root, "[data-set=detector]", HTMLSelectElement);
  const certainty = find(root, "[data-set=certainty]", HTMLInputElement);
  const smallest = find(root, "[data-set=smallest]", HTMLInputElement);
  const unreadable = find(root, "[data-set=unreadable]", HTMLInputElement);
  const labels = find(root, "[data-set=labels]", HTMLInputElement);

  /** @param {string} name */
  const makeChoice = (name) =>
    make("option", { value: name }, name === "auto" ? words.say("set_auto") : name);
  model.append(...props.models.map(makeChoice));
  detector.append(...props.detectors.map(makeChoice));
  const table = find(root, "[data-set=table]", HTMLSelectElement);
  table.append(
    make("option", { value: "comma" }, words.say("table_comma")),
    make("option", { value: "semicolon" }, words.say("table_semicolon")),
  );
  table.value = chosenTable();
  smallest.min = smallest.value = String(props.smallest_face);

  function draw() {
    const least = Number(certainty.value) / 100;
    part(root, "certainty").textContent = least ? words.percent(least) : words.say("set_own");
    const pixels = { n: words.number(Number(smallest.value)) };
    part(root, "smallest").textContent = words.say("set_pixels", pixels);
    root.classList.toggle("unlabelled", !labels.checked);
  }
  draw();
  find(root, ".settings").addEventListener("input", ({ target }) => {
    // Of what is saved alone: nothing is read again for it.
    if (target === table) return chooseTable(table.value === "comma" ? "comma" : "semicolon");
    draw();
    changed();
  });

  return {
    /** @returns {Options} */
    read: () => ({
      model: model.value,
      detector: detector.value,
      certainty: Number(certainty.value) / 100,
      smallest_face: Number(smallest.value),
      show_unreadable: unreadable.checked,
      labels: labels.checked,
    }),

    /** @param {boolean} offered Whether photos can be read again. */
    offerAgain: (offered) => {
      button(root, "again").hidden = !offered;
    },
  };
}
