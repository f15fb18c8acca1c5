// What a visitor wants to see of faces: one set of settings, which each tab has a form for.

/** @import { Expression, Settings } from "./types.d.ts" */
/** @import { Words } from "./words.js" */

import { make, part } from "./dom.js";

const LEAST_COUNTED = 2; // expressions: of one alone there is nothing to say

export function createSettings() {
  /** @type {Settings} */
  let value = {
    certainty: 0,
    smallest_face: 0,
    expressions: [],
    show_unreadable: true,
    labels: true,
  };
  /** @type {((done: boolean) => void)[]} */
  const listeners = [];
  return {
    get value() {
      return value;
    },

    /**
     * @param {Partial<Settings>} changes
     * @param {boolean} done Whether nothing more of it is to come soon, as while a value is moved.
     */
    change(changes, done = true) {
      value = { ...value, ...changes };
      for (const listener of listeners) listener(done);
    },

    /** @param {(done: boolean) => void} listener */
    onChange: (listener) => listeners.push(listener),
  };
}

/** Those of the page. */
export const settings = createSettings();

/**
 * Makes the fields of a tab, which show the settings and change them. They are made here, for the
 * page itself is to stay small.
 *
 * @param {object} given
 * @param {HTMLElement} given.root Of the tab; its part `wishes` is their place.
 * @param {readonly Expression[]} given.names All expressions there are.
 * @param {number} given.smallest Pixels: the server finds no smaller faces.
 * @param {Words} given.words
 */
export function createFields({ root, names, smallest, words }) {
  const title = (/** @type {string} */ name) => make("span", {}, words.say(`set_${name}`));
  const told = {
    certainty: make("output", { "data-part": "certainty" }),
    smallest: make("output", { "data-part": "smallest" }),
  };
  const fields = {
    certainty: make("input", { type: "range", min: 0, max: 95, step: 5 }),
    smallest: make("input", { type: "range", min: smallest, max: 200, step: 4 }),
    unreadable: make("input", { type: "checkbox" }),
    labels: make("input", { type: "checkbox" }),
  };
  for (const [name, field] of Object.entries(fields)) field.dataset.set = name;
  const range = (/** @type {"certainty" | "smallest"} */ name) =>
    make("label", {}, make("span", {}, title(name), " ", told[name]), fields[name]);
  const check = (/** @type {"unreadable" | "labels"} */ name) =>
    make("label", { class: "check" }, fields[name], title(name));
  const boxes = names.map((name) => make("input", { type: "checkbox", value: name }));
  const counted = boxes.map((box, at) =>
    make("label", {}, box, make("span", {}, words.say(names[at]))),
  );
  const legend = make("legend", {}, words.say("set_expressions"));
  const all = make("fieldset", {}, legend, make("div", { "data-part": "counted" }, ...counted));
  const made = [range("certainty"), range("smallest"), all, check("unreadable"), check("labels")];
  part(root, "wishes").replaceWith(...made);

  /** @returns {Settings} */
  function read() {
    const chosen = names.filter((_, at) => boxes[at].checked);
    return {
      certainty: Number(fields.certainty.value) / 100,
      smallest_face: Number(fields.smallest.value),
      expressions: chosen.length < names.length ? chosen : [],
      show_unreadable: fields.unreadable.checked,
      labels: fields.labels.checked,
    };
  }

  function draw() {
    const { certainty, smallest_face, expressions, show_unreadable, labels } = settings.value;
    fields.certainty.value = String(Math.round(100 * certainty));
    fields.smallest.value = String(smallest_face);
    fields.unreadable.checked = show_unreadable;
    fields.labels.checked = labels;
    const counted = expressions.length ? expressions : names;
    for (const [at, box] of boxes.entries()) {
      box.checked = counted.includes(names[at]);
      box.disabled = box.checked && counted.length <= LEAST_COUNTED;
    }
    told.certainty.textContent = certainty ? words.percent(certainty) : words.say("set_own");
    told.smallest.textContent = words.count("set_pixels", Number(fields.smallest.value));
    root.classList.toggle("unlabelled", !labels);
  }

  for (const field of [...Object.values(fields), ...boxes]) {
    field.addEventListener("input", () => settings.change(read(), false));
    field.addEventListener("change", () => settings.change(read()));
  }
  settings.onChange(draw);
  settings.change({ smallest_face: Math.max(smallest, settings.value.smallest_face) });
}
