// Photos that go from one tab to another, and the way there.

import { openTab } from "./tabs.js";

const EVENT = "mood:photos";

/**
 * Gives photos to the tab that takes them.
 *
 * @param {File[]} files
 */
export function handOver(files) {
  document.dispatchEvent(new CustomEvent(EVENT, { detail: files }));
}

/**
 * Takes photos that another tab gives, and opens the own one.
 *
 * @param {HTMLElement} root Of the tab.
 * @param {(files: File[]) => void} take
 */
export function takeHandedOver(root, take) {
  document.addEventListener(EVENT, (event) => {
    if (!(event instanceof CustomEvent) || !root.isConnected) return;
    openTab(root)?.focus();
    take(event.detail);
  });
}
