// The photo that is shown, with a frame and a label at each face; it can be made larger.

/** @import { Answer, Framed, Refusal } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Photo } from "./shelf.js" */
/** @import { Lights } from "./lights.js" */
/** @import { Sentences } from "./sentences.js" */
/** @import { View } from "./zoom.js" */

import { find, make } from "../shared/dom.js";
import { createFrames } from "./frames.js";
import { listenForGestures } from "./gestures.js";
import { findings } from "./shelf.js";
import { viewOn, WHOLE } from "./zoom.js";

const MOST_LARGER = 3; // times as wide as the photo
const GLIDE_MS = 300; // as long as the sheet lets the photo move

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Lights} given.lights
 * @param {(photo: Photo) => Promise<Framed | Refusal>} given.frame Has the server draw the frames.
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function createPicture({ root, album, lights, frame, looks, words, sentences }) {
  const picture = find(root, ".picture");
  const image = find(picture, "img", HTMLImageElement);
  const mat = find(root, ".mat");
  const frames = createFrames({ picture, album, lights, looks, words, sentences });
  const whole = make("button", { type: "button", "data-do": "whole" }, words.say("whole_photo"));
  /** @type {Photo | null} */
  let shown = null;
  /** @type {Answer | null} */
  let drawn = null;
  let view = WHOLE;
  let glides = 0;

  /** The photo is there at once; its frames come when it is read. */
  function draw() {
    const answer = findings(album.shown);
    if (album.shown !== shown) showImage(album.shown);
    if (answer !== drawn) showFrames(answer);
    if (answer) choose();
  }

  /** @param {Photo | null} photo */
  function showImage(photo) {
    shown = photo;
    mat.classList.remove("blank");
    picture.classList.remove("drawn");
    look(WHOLE, false);
    image.onerror = () => {
      image.onerror = null;
      mat.classList.add("blank");
      haveDrawn();
    };
    if (photo) image.src = photo.thumbnail;
    else image.removeAttribute("src");
    image.alt = photo?.name ?? "";
  }

  /** @param {Answer | null} answer */
  function showFrames(answer) {
    drawn = answer;
    frames.fill(answer);
    if (!shown || !answer) return;
    const verdicts = sentences.ofAll(answer.faces);
    image.alt = words.say("photo_alt", { name: shown.name, verdicts });
    if (image.onerror === null) haveDrawn();
  }

  /** What the browser cannot open is shown as the server draws it, frames and all. */
  async function haveDrawn() {
    const answer = drawn;
    if (!shown || !answer) return;
    picture.classList.add("drawn");
    const framed = await frame(shown);
    if (!("picture" in framed) || drawn !== answer) return;
    mat.classList.remove("blank");
    image.src = framed.picture;
  }

  function choose() {
    frames.choose();
    place();
  }

  const sizeOf = () => ({ width: picture.clientWidth, height: picture.clientHeight });

  function place() {
    const size = sizeOf();
    if (!size.width || !size.height) return;
    const { offsetLeft: left, offsetTop: top, offsetWidth: width, offsetHeight: height } = whole;
    frames.place(view, size, whole.hidden ? [] : [{ left, top, width, height }]);
  }

  /**
   * @param {View} next
   * @param {boolean} glide Whether it is to be seen how the photo moves there.
   */
  function look(next, glide) {
    if (next === view) return;
    view = next;
    window.clearTimeout(glides);
    picture.classList.toggle("gliding", glide);
    if (glide) glides = window.setTimeout(() => picture.classList.remove("gliding"), GLIDE_MS);
    picture.classList.toggle("zoomed", view.zoom > 1);
    whole.hidden = view.zoom === 1;
    picture.style.setProperty("--zoom", String(view.zoom));
    picture.style.setProperty("--x", `${-100 * view.x * view.zoom}%`);
    picture.style.setProperty("--y", `${-100 * view.y * view.zoom}%`);
    place();
  }

  listenForGestures(picture, () => view, look);
  whole.addEventListener("click", () => {
    look(WHOLE, true);
    picture.focus({ preventScroll: true });
  });

  /** As large as there is room for, but not so large that small photos become blurs. */
  image.addEventListener("load", () => {
    const { naturalWidth: width, naturalHeight: height } = image;
    if (!width || !height) return;
    picture.style.setProperty("--ratio", String(width / height));
    picture.style.setProperty("--most", `${MOST_LARGER * width}px`);
  });
  picture.tabIndex = -1;
  whole.hidden = true;
  picture.append(whole);
  album.onChange(draw);
  album.onChoice(() => {
    choose();
    if (frames.chosen) look(viewOn(view, frames.chosen, sizeOf()), true);
  });
  new ResizeObserver(() => {
    frames.remeasure();
    place();
  }).observe(picture);

  return {
    /** The photo as it is shown, and what was found in it; null where this browser cannot open it. */
    get drawable() {
      return drawn && image.onerror && { image, answer: drawn };
    },
  };
}
