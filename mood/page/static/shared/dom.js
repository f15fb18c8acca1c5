// Elements of the page: finding, making and filling them.

/** @import { Words } from "./words.js" */

/**
 * The element that a selector finds; it is a fault of the page if there is none of its kind.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [kind] `HTMLElement` unless told.
 * @returns {T}
 */
export function find(root, selector, kind) {
  const found = root.querySelector(selector);
  if (found instanceof (kind ?? HTMLElement)) return /** @type {T} */ (found);
  throw new Error(`the page has no ${selector}`);
}

/**
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function findAll(root, selector) {
  return [...root.querySelectorAll(selector)].filter((node) => node instanceof HTMLElement);
}

/**
 * The element that shows something, by its name.
 *
 * @param {ParentNode} root
 * @param {string} name
 */
export const part = (root, name) => find(root, `[data-part="${name}"]`);

/**
 * The button that does something, by its name.
 *
 * @param {ParentNode} root
 * @param {string} action
 */
export const button = (root, action) => find(root, `[data-do="${action}"]`, HTMLButtonElement);

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * A share of the whole, as sheets write it.
 *
 * @param {number} share From 0 to 1.
 */
export const percentOf = (share) => `${(100 * share).toFixed(2)}%`;

/**
 * Has a node stand in a part of what holds it.
 *
 * @template {HTMLElement} Node
 * @param {Node} node
 * @param {{ left: number, top: number, width: number, height: number }} part In shares of the whole.
 * @returns {Node}
 */
export function stand(node, { left, top, width, height }) {
  const places = { left, top, width, height };
  for (const [side, share] of Object.entries(places))
    node.style.setProperty(side, percentOf(share));
  return node;
}

/**
 * Writes the words into a panel, and lets it run in the direction of their script.
 *
 * @param {HTMLElement} element
 * @param {Words} words
 */
export function fill(element, words) {
  element.dir = words.direction; // Gradio marks every component as left to right
  for (const node of findAll(element, "[data-text]")) {
    node.textContent = words.say(node.dataset.text ?? "");
  }
  for (const node of findAll(element, "[data-label]")) {
    node.setAttribute("aria-label", words.say(node.dataset.label ?? ""));
  }
}

/**
 * Waits until style sheets are in force; those that the page lacks are added.
 *
 * @param {string} module The address of the module that wants them.
 * @param {...string} names Their paths from there.
 */
export async function dress(module, ...names) {
  const addresses = names.map((name) => new URL(name, module).href);
  await Promise.all(addresses.map((address) => loaded(sheet(address))));
}

/** @param {string} address */
function sheet(address) {
  const links = [...document.querySelectorAll("link")];
  const there = links.find((link) => link.rel === "stylesheet" && link.href === address);
  const link = there ?? make("link", { rel: "stylesheet", href: address });
  if (!there) document.head.append(link);
  return link;
}

/**
 * @param {HTMLLinkElement} link
 * @returns {Promise<unknown>}
 */
function loaded(link) {
  if (link.sheet) return Promise.resolve();
  return new Promise((done, failed) => {
    link.addEventListener("load", done);
    link.addEventListener("error", () => failed(new Error(`no style sheet at ${link.href}`)));
  });
}

/**
 * Scrolls to a node, at once for who wants no motion.
 *
 * @param {HTMLElement} node
 */
export function comeIntoSight(node) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

/**
 * Has the browser save a file.
 *
 * @param {string} name
 * @param {string | Blob} content The address of what to save, or itself.
 */
export function download(name, content) {
  const address = typeof content === "string" ? content : URL.createObjectURL(content);
  make("a", { href: address, download: name }).click();
  if (content instanceof Blob) setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
