// What the page shows has an address: its tabs, and the code that asks the same from a program.

import { find, findAll } from "./dom.js";

const TABS = ["photo", "live", "about"]; // the first one opens where none is asked for

/** The address of the code. */
export const CODE = "code";

const BENCH = "bench"; // `?bench`, which the live tab answers

/** @param {Pick<URL, "search">} address */
export const asksForBench = ({ search }) => new URLSearchParams(search).has(BENCH);

/**
 * What an address asks for: a tab, the code, or nothing that there is. Gradio's own address of a
 * description for programs means the code.
 *
 * @param {Pick<URL, "hash" | "search">} address
 */
export function placeOf({ hash, search }) {
  const name = hash.slice(1);
  if (name === CODE || (!name && new URLSearchParams(search).get("view") === "api")) return CODE;
  if (!name && asksForBench({ search })) return "live";
  return TABS.includes(name) ? name : "";
}

/**
 * The address of a place, with what else the visitor asked for.
 *
 * @param {string} place
 */
function addressOf(place) {
  const asked = new URLSearchParams(location.search);
  asked.delete("view");
  const query = asked.size ? `?${asked}` : "";
  return `${location.pathname}${query}${place && `#${place}`}`;
}

/**
 * Opens tabs as the address says, and has the address say which one is open.
 *
 * Gradio measures which tabs fit, more than once while it starts: one that is asked for may come
 * later.
 */
export function followTabs() {
  const buttons = () => findAll(document, "[role=tab][data-tab-id]");

  function go() {
    const place = placeOf(location) || TABS[0];
    const tab = buttons().find(({ dataset }) => dataset.tabId === place);
    if (tab?.getAttribute("aria-selected") === "false") tab.click();
  }

  /** @param {Event} event */
  function note({ target }) {
    const tab = target instanceof Element && target.closest("[role=tab][data-tab-id]");
    if (!(tab instanceof HTMLElement)) return;
    const { tabId = "" } = tab.dataset;
    if (tabId !== (placeOf(location) || TABS[0])) history.pushState(null, "", addressOf(tabId));
  }

  document.addEventListener("click", note, { capture: true }); // before Gradio opens it
  window.addEventListener("popstate", go);
  const row = find(document, "[role=tablist]").parentElement;
  const changes = { subtree: true, childList: true, attributeFilter: ["aria-selected"] };
  if (row) new MutationObserver(go).observe(row, changes);
  go();
}

/**
 * Shows a dialog while the address asks for it; whoever closes it goes back to where it was opened.
 *
 * @param {HTMLDialogElement} dialog
 * @param {() => void} shown Called each time.
 */
export function followCode(dialog, shown) {
  let came = false; // from another place of the page

  /** @param {Event} [event] None where the page begins there. */
  function go(event) {
    const wanted = placeOf(location) === CODE;
    if (wanted && !dialog.open) {
      came = Boolean(event);
      dialog.showModal();
      shown();
    }
    if (!wanted) dialog.close();
  }

  dialog.addEventListener("close", () => {
    if (placeOf(location) !== CODE) return;
    if (came) history.back();
    else history.replaceState(null, "", addressOf(""));
  });
  window.addEventListener("popstate", go);
  go();
}

/**
 * Leads to another place of the page. A link would lead to another page: ours has a base.
 *
 * @param {string} place
 */
export function leadTo(place) {
  location.hash = place;
}
