// What all scripts of the page share: its words in the visitor's language, and small helpers.

/** Fills the words into a panel, and hands out the helpers that are bound to it. */
export async function prepare(element) {
  const languages = Object.keys(window.gradio_config.i18n_translations);
  // Gradio picks by navigator.language alone; so does this, or the page would speak two languages.
  const own = navigator.language.toLowerCase().split("-")[0];
  const LANGUAGE = languages.includes(own) ? own : "en";
  const TEXTS = await (await fetch(new URL(`../locales/${LANGUAGE}.json`, import.meta.url))).json();
  const numbers = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 0 });
  const percents = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 0 });
  const find = (selector, root = element) => root.querySelector(selector);

  function say(key, values = {}) {
    return TEXTS[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // Never 100 % for less than certainty.
  function percent(share) {
    return percents.format(share < 1 && share > 0.99 ? 0.99 : share);
  }

  element.dir = LANGUAGE === "ar" ? "rtl" : "ltr"; // Gradio marks every component as left to right
  for (const node of element.querySelectorAll("[data-text]")) {
    node.textContent = say(node.dataset.text);
  }
  return { LANGUAGE, TEXTS, numbers, percents, find, say, percent };
}

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") node.addEventListener("click", value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}
