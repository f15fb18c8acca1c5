// The form in which a visitor says how photos are to be read, and what is shown of it.

/** @import { Expression, Options, PhotoProps, PhotoServer } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */

import { button, find, make } from "../shared/dom.js";
import { createFields, settings } from "../shared/settings.js";
import { chooseTable, chosenTable } from "../shared/tables.js";
import { askNetworks, createChooser } from "./networks.js";

/**
 * @param {HTMLElement} root
 * @param {PhotoProps} props
 * @param {readonly Expression[]} names
 * @param {Words} words
 * @param {PhotoServer} server
 * @param {(done: boolean) => void} changed Called while a value is moved, and when that is done.
 */
export function createOptions(root, props, names, words, server, changed) {
  const model = createChooser({ root, kind: "model", names: props.models, words });
  const detector = createChooser({ root, kind: "detector", names: props.detectors, words });
  const form = find(root, ".settings", HTMLDetailsElement);
  const table = find(root, "[data-set=table]", HTMLSelectElement);
  table.append(
    make("option", { value: "comma" }, words.say("table_comma")),
    make("option", { value: "semicolon" }, words.say("table_semicolon")),
  );
  table.value = chosenTable();
  createFields({ root, names, smallest: props.smallest_face, words });
  settings.onChange(changed);

  form.addEventListener("change", ({ target }) => {
    // Of what is saved alone: nothing is read again for it.
    if (target === table) chooseTable(table.value === "comma" ? "comma" : "semicolon");
    else if (target instanceof HTMLSelectElement) changed(true);
  });
  form.addEventListener("toggle", async () => {
    if (!form.open) return;
    const offers = await askNetworks(server);
    model.tell(offers);
    detector.tell(offers);
  });

  return {
    /** @returns {Options} */
    read: () => ({ model: model.value, detector: detector.value, ...settings.value }),

    /** @param {boolean} offered Whether photos can be read again. */
    offerAgain: (offered) => {
      button(root, "again").hidden = !offered;
    },
  };
}
