// The tabs: opening one, and arrow keys, Home and End from tab to tab, which Gradio's leave to us.

/** @import { Words } from "./words.js" */

import { findAll } from "./dom.js";

/**
 * The tab that a key leads to: its place, or -1 where the key leads nowhere.
 *
 * @param {string} key As `KeyboardEvent.key` names it.
 * @param {number} at The place where one is.
 * @param {number} all How many there are.
 * @param {"ltr" | "rtl" | string} direction That of the page: arrows go where they point to.
 */
export function tabAfter(key, at, all, direction) {
  const [back, on] =
    direction === "rtl" ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
  if (key === back) return (at + all - 1) % all;
  if (key === on) return (at + 1) % all;
  if (key === "Home") return 0;
  return key === "End" ? all - 1 : -1;
}

/** Resolves when there are tabs: Gradio draws the parts of the page one after the other. */
export const tabsThere = () =>
  /** @type {Promise<void>} */ (
    new Promise((done) => {
      const watch = new MutationObserver(look);
      function look() {
        if (!document.querySelector("[role=tablist] [role=tab]")) return;
        watch.disconnect();
        done();
      }
      watch.observe(document.body, { subtree: true, childList: true });
      look();
    })
  );

/**
 * Opens the tab that something is in.
 *
 * @param {HTMLElement} inside
 * @returns {HTMLElement | undefined} What was pressed for it.
 */
export function openTab(inside) {
  const panel = inside.closest("[role=tabpanel]");
  const tabs = findAll(document, "[role=tab]");
  const tab = tabs.find((each) => each.getAttribute("aria-controls") === panel?.id);
  tab?.click();
  return tab;
}

/**
 * Writes their names in the language of the page: Gradio speaks fewer, and has English for `zh-HK`.
 *
 * @param {Words} words
 */
export function nameTabs({ say }) {
  for (const tab of findAll(document, "[role=tab][data-tab-id]")) {
    const name = say(`tab_${tab.dataset.tabId}`);
    if (tab.textContent?.trim() !== name) tab.textContent = name;
  }
}

/** @param {string} direction */
export function walkTabs(direction) {
  document.addEventListener("keydown", (event) => {
    const { target, key, altKey, ctrlKey, metaKey, shiftKey } = event;
    const focused = target instanceof Element && target.closest("[role=tab]");
    if (!focused || altKey || ctrlKey || metaKey || shiftKey) return;
    const tabs = findAll(document, "[role=tab]").filter((tab) => tab.checkVisibility());
    const next =
      tabs[
        tabAfter(key, tabs.indexOf(/** @type {HTMLElement} */ (focused)), tabs.length, direction)
      ];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.click();
  });
}
