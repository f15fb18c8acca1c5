// Several photos at once: their thumbnails, and what the faces of all of them show.

/** @import { Face } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album, Photo } from "./album.js" */
/** @import { Sentences } from "./sentences.js" */

import { find, findAll, make, part } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { countShares, drawBar, drawLegend } from "../shared/shares.js";
import { findings } from "./album.js";

/**
 * @param {HTMLElement} root
 * @param {Album} album
 * @param {Looks} looks
 * @param {Words} words
 * @param {Sentences} sentences
 */
export function createGallery(root, album, looks, words, sentences) {
  const { say } = words;

  /** @param {Photo} photo */
  const facesOf = (photo) => findings(photo)?.faces ?? [];

  /** @param {Face[]} faces */
  const moodsOf = (faces) => faces.filter(readable).map(({ expression }) => moodOf(expression));

  function drawRoom() {
    const faces = album.photos.flatMap(facesOf);
    const moods = moodsOf(faces);
    find(root, ".room").hidden = album.photos.length < 2 || !moods.length;
    const counts = { photos: album.photos.length, faces: moods.length };
    const note = sentences.withUnreadable(say("room_note", counts), faces);
    part(root, "room-note").textContent = note;
    const shares = countShares(moods, looks.moods);
    drawBar(find(root, ".whole"), shares, looks);
    const count = (/** @type {{ faces: number }} */ { faces }) => words.number(faces);
    drawLegend(find(root, ".legend"), shares, looks, looks.title, count);
  }

  /**
   * What stands below a thumbnail: the mood, how many faces there are, how many cannot be read.
   *
   * @param {Photo} photo
   */
  function describe(photo) {
    if (photo.state === "failed") return [`⚠️ ${say("gallery_error")}`, ""];
    if (photo.state === "waiting") return ["…", ""];
    const faces = facesOf(photo);
    const moods = moodsOf(faces);
    const unreadable = sentences.ofUnreadable(faces);
    const [most] = countShares(moods, [...new Set(moods)]); // of equals the first face's
    if (!most) return [sentences.ofAll(faces), "", unreadable];
    return [looks.title(most.mood), say("faces", { faces: moods.length }), unreadable];
  }

  /** @param {Photo} photo */
  function makeThumbnail(photo) {
    const [mood, faces, unreadable = ""] = describe(photo);
    const image = make("img", { src: photo.thumbnail, alt: "", width: 120, height: 90 });
    image.addEventListener("error", () => {
      image.style.visibility = "hidden";
    });
    const open = make(
      "button",
      { type: "button", "aria-pressed": String(photo === album.shown) },
      image,
      make("span", { class: "name" }, photo.name),
      make("span", { class: "mood" }, mood),
      make("span", { class: "name" }, faces),
      make("span", { class: "unread-sum" }, unreadable),
    );
    open.addEventListener("click", () => {
      album.show(photo);
      findAll(root, ".gallery button")[album.photos.indexOf(photo)]?.focus();
    });
    return make("li", {}, open);
  }

  album.onChange(() => {
    drawRoom();
    find(root, ".gallery").hidden = album.photos.length < 2;
    find(root, ".gallery ul").replaceChildren(...album.photos.map(makeThumbnail));
  });
}
