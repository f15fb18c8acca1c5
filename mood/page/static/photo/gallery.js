// Several photos at once: their thumbnails, and what the faces of all of them show.

/** @import { Answer } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Photo } from "./shelf.js" */
/** @import { Sentences } from "./sentences.js" */

import { find, findAll, make, part } from "../shared/dom.js";
import { moodsOf, readable } from "../shared/looks.js";
import { countShares } from "../shared/shares.js";
import { partAround } from "./around.js";
import { facesOf, findings } from "./shelf.js";

const RATIO = 3 / 2; // of a thumbnail within its border, as its sheet has it

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 * @param {(photo: Photo) => void} given.remove Takes a photo away.
 */
export function createGallery({ root, album, looks, words, sentences, remove }) {
  const { say, count } = words;

  function drawRoom() {
    const read = album.photos.filter(findings);
    const faces = read.flatMap(facesOf);
    const moods = moodsOf(faces);
    find(root, ".room").hidden = read.length < 2 || !moods.length;
    const sum = `${count("photos", read.length)} · ${count("faces", moods.length)}`;
    part(root, "room-note").textContent = sentences.withUnreadable(sum, faces);
  }

  /**
   * What stands below a thumbnail: the mood, how many faces there are, how many cannot be read.
   *
   * @param {Photo} photo
   */
  function describe(photo) {
    if (photo.state === "failed") return [say("gallery_error")];
    if (photo.state === "waiting") return ["…"];
    const faces = facesOf(photo);
    const moods = moodsOf(faces);
    const unreadable = sentences.ofUnreadable(faces);
    const [most] = countShares(moods, [...new Set(moods)]); // of equals the first face's
    if (!most) return [sentences.ofAll(faces), "", unreadable];
    return [looks.title(most.mood), count("faces", moods.length), unreadable];
  }

  /** @param {Photo} photo */
  function makeThumbnail(photo) {
    const [mood, faces = "", unreadable = ""] = describe(photo);
    const open = make(
      "button",
      { type: "button", class: "open", "aria-pressed": String(photo === album.shown) },
      makePicture(photo),
      make("span", { class: "name hidden" }, photo.name),
      make("span", { class: "mood" }, mood),
      make("span", { class: "name hidden" }, faces),
      make("span", { class: "unread-sum hidden" }, unreadable),
    );
    open.addEventListener("click", () => {
      album.show(photo);
      focus(album.photos.indexOf(photo), ".open");
    });
    return make("li", {}, open, makeRemove(photo));
  }

  /** @param {Photo} photo */
  function makePicture(photo) {
    const image = make("img", { src: photo.thumbnail, alt: "", width: 120, height: 90 });
    image.addEventListener("error", () => {
      image.style.visibility = "hidden";
    });
    const found = findings(photo);
    if (found) show(image, partAround(worthShowing(found), found, RATIO), found);
    return make("span", { class: "thumb" }, image);
  }

  /** @param {Photo} photo */
  function makeRemove(photo) {
    const label = say("remove", { name: photo.name });
    const cross = make("button", { type: "button", class: "remove", "aria-label": label }, "×");
    cross.title = label;
    cross.addEventListener("click", () => {
      const at = album.photos.indexOf(photo);
      remove(photo);
      focus(Math.min(at, album.photos.length - 1), ".remove");
    });
    return cross;
  }

  /**
   * @param {number} at Place of a photo.
   * @param {string} selector
   */
  function focus(at, selector) {
    const item = findAll(root, ".gallery li")[at];
    if (item) find(item, selector).focus();
  }

  album.onChange(() => {
    drawRoom();
    find(root, ".gallery").hidden = album.photos.length < 2;
    find(root, ".gallery ul").replaceChildren(...album.photos.map(makeThumbnail));
  });
}

/**
 * The boxes of the faces that can be read, else of all.
 *
 * @param {Answer} answer
 */
function worthShowing({ faces }) {
  const told = faces.filter(readable);
  return (told.length ? told : faces).map(({ bbox_xyxy: box }) => box);
}

/**
 * Lets a picture fill its frame with a part of itself.
 *
 * @param {HTMLImageElement} image
 * @param {ReturnType<typeof partAround>} part
 * @param {Answer} photo
 */
function show({ style, classList }, part, photo) {
  classList.add("part");
  style.width = `${(100 * photo.width) / part.width}%`;
  style.left = `${(-100 * part.left) / part.width}%`;
  style.top = `${(-100 * part.top) / part.height}%`;
}
