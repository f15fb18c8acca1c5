// Films that the visitor chooses, or drops on the tab while it is open.

import { button, part } from "../shared/dom.js";
import { isFilm } from "./film.js";

/**
 * @param {HTMLElement} root
 * @param {(film: File) => void} take
 */
export function takeFilms(root, take) {
  const field = part(root, "file");
  if (!(field instanceof HTMLInputElement)) return;
  button(root, "film").addEventListener("click", () => field.click());
  field.addEventListener("change", () => {
    const [film] = field.files ?? [];
    if (film) take(film);
    field.value = ""; // the same one may be chosen again
  });

  // Heard before the photo tab hears it, which takes whatever is dropped on the page.
  const listen = (/** @type {"dragover" | "dragleave" | "drop"} */ kind, hear = hearDrag) =>
    document.addEventListener(kind, hear, { capture: true });
  listen("dragover");
  listen("dragleave");
  listen("drop", (event) => {
    root.classList.remove("over");
    if (!root.offsetParent) return;
    const film = [...(event.dataTransfer?.files ?? [])].find(isFilm);
    if (!film) return;
    event.preventDefault();
    event.stopPropagation();
    document.dispatchEvent(new DragEvent("dragleave")); // nothing is held over the page any more
    take(film);
  });

  /** @param {DragEvent} event */
  function hearDrag({ type, dataTransfer }) {
    const items = [...(dataTransfer?.items ?? [])];
    const held = items.some((item) => item.type.startsWith("video/"));
    root.classList.toggle("over", type === "dragover" && held && Boolean(root.offsetParent));
  }
}
