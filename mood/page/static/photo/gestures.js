// How a photo is made larger by hand: Ctrl and the wheel, two fingers, a double click; dragging moves
// it. A plain wheel and, as long as the photo is whole, one finger scroll the page.

/** @import { Point, View } from "./zoom.js" */

import { clamp } from "../shared/rooms.js";
import { pulled, WHOLE, zoomedAt } from "./zoom.js";

const DOUBLE = 2.5;
const KEYS = { "+": 1.5, "=": 1.5, "-": 1 / 1.5 };
const MIDDLE = { x: 0.5, y: 0.5 };
const DOUBLE_MS = 400;
const STILL = 6; // pixels: less is no drag
const NEAR = 24; // pixels between the two clicks of one
const LINE = 16; // pixels of a wheel that counts in lines
const MOST_STEP = 25; // pixels of one turn of a wheel

/**
 * @param {HTMLElement} picture
 * @param {() => View} now
 * @param {(view: View, glide: boolean) => void} look
 */
export function listenForGestures(picture, now, look) {
  /**
   * A point of the screen in sides of the picture.
   *
   * @param {{ clientX: number, clientY: number }} event
   * @returns {Point}
   */
  function pointOf({ clientX, clientY }) {
    const { left, top, width, height } = picture.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  picture.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return; // touch pads tell a pinch so, too
      event.preventDefault();
      const turned = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1);
      const factor = Math.exp(-clamp(turned, -MOST_STEP, MOST_STEP) / 100);
      look(zoomedAt(now(), pointOf(event), factor), false);
    },
    { passive: false },
  );
  picture.addEventListener("keydown", ({ key, ctrlKey, altKey, metaKey }) => {
    if (ctrlKey || altKey || metaKey) return;
    if (key === "Escape" || key === "0") look(WHOLE, true);
    else if (Object.hasOwn(KEYS, key))
      look(zoomedAt(now(), MIDDLE, KEYS[/** @type {"+"} */ (key)]), true);
  });
  listenForDoubles(picture, now, (event, before) => {
    if (before.zoom > 1) look(WHOLE, true);
    else if (now().zoom === 1) look(zoomedAt(now(), pointOf(event), DOUBLE), true);
  });
  listenForDrags(picture, now, (way) => look(pulled(now(), way), false));
  listenForFingers(picture, now, pointOf, (view) => look(view, false));
}

/**
 * Double clicks and double taps: the first one may choose a face, which may move the photo.
 *
 * @param {HTMLElement} picture
 * @param {() => View} now
 * @param {(event: MouseEvent, before: View) => void} heard Is told what was seen before the first.
 */
function listenForDoubles(picture, now, heard) {
  let first = { at: Number.NEGATIVE_INFINITY, x: 0, y: 0, view: WHOLE };
  let pressed = WHOLE;
  picture.addEventListener("pointerdown", () => {
    pressed = now();
  });
  picture.addEventListener("click", (event) => {
    const { timeStamp: at, clientX: x, clientY: y } = event;
    if (!event.detail || inButton(event)) return;
    const near = Math.hypot(x - first.x, y - first.y) <= NEAR;
    if (near && at - first.at <= DOUBLE_MS) {
      heard(event, first.view);
      first.at = Number.NEGATIVE_INFINITY;
    } else first = { at, x, y, view: pressed };
  });
}

/** @param {Event} event */
const inButton = ({ target }) => target instanceof Element && Boolean(target.closest("[data-do]"));

/**
 * A mouse or a pen that drags; the click at its end is none.
 *
 * @param {HTMLElement} picture
 * @param {() => View} now
 * @param {(way: Point) => void} pull
 */
function listenForDrags(picture, now, pull) {
  /** @type {{ x: number, y: number } | null} */
  let from = null;
  let drags = false;
  picture.addEventListener("dragstart", (event) => now().zoom > 1 && event.preventDefault());
  picture.addEventListener("pointerdown", (event) => {
    drags = false;
    if (event.pointerType === "touch" || event.button || now().zoom === 1) return;
    from = { x: event.clientX, y: event.clientY };
  });
  window.addEventListener("pointermove", (event) => {
    if (!from || event.pointerType === "touch") return;
    const [across, down] = [event.clientX - from.x, event.clientY - from.y];
    if (!drags && Math.hypot(across, down) < STILL) return;
    drags = true;
    picture.classList.add("dragged");
    from = { x: event.clientX, y: event.clientY };
    pull({ x: across / picture.clientWidth, y: down / picture.clientHeight });
  });
  for (const end of ["pointerup", "pointercancel"]) {
    window.addEventListener(end, () => {
      from = null;
      picture.classList.remove("dragged");
    });
  }
  picture.addEventListener(
    "click",
    (event) => {
      if (drags) event.stopPropagation();
      drags = false;
    },
    { capture: true },
  );
}

/**
 * Two fingers make the photo larger; one moves it where it is larger, else it scrolls the page.
 *
 * @param {HTMLElement} picture
 * @param {() => View} now
 * @param {(event: { clientX: number, clientY: number }) => Point} pointOf
 * @param {(view: View) => void} look
 */
function listenForFingers(picture, now, pointOf, look) {
  /** @type {{ middle: Point, apart: number } | null} */
  let last = null;

  /** @param {TouchEvent} event */
  const handOf = ({ touches }) => {
    const [one, other = one] = touches;
    const middle = pointOf({
      clientX: (one.clientX + other.clientX) / 2,
      clientY: (one.clientY + other.clientY) / 2,
    });
    const apart = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    return { middle, apart };
  };
  const forget = (/** @type {TouchEvent} */ event) => {
    last = event.touches.length ? handOf(event) : null;
  };
  picture.addEventListener("touchstart", forget, { passive: true });
  picture.addEventListener("touchend", forget);
  picture.addEventListener("touchcancel", forget);
  picture.addEventListener(
    "touchmove",
    (event) => {
      if (!last || (event.touches.length < 2 && now().zoom === 1)) return;
      if (event.cancelable) event.preventDefault();
      const { middle, apart } = handOf(event);
      const way = { x: middle.x - last.middle.x, y: middle.y - last.middle.y };
      const factor = apart && last.apart ? apart / last.apart : 1;
      look(zoomedAt(pulled(now(), way), middle, factor));
      last = { middle, apart };
    },
    { passive: false },
  );
}
