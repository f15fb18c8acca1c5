// Several photos at once: their thumbnails, and the mood of the room.

/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album, Photo } from "./album.js" */

import { find, findAll, make, part } from "../shared/dom.js";
import { verdictOf } from "../shared/looks.js";
import { countShares, drawBar, drawLegend } from "../shared/shares.js";
import { findings } from "./album.js";

/**
 * @param {HTMLElement} root
 * @param {Album} album
 * @param {Looks} looks
 * @param {Words} words
 */
export function createGallery(root, album, looks, words) {
  const { say } = words;

  /** @param {Photo} photo */
  const verdictsOf = (photo) =>
    (findings(photo)?.faces ?? []).map(({ expression }) => verdictOf(expression));

  function drawRoom() {
    const verdicts = album.photos.flatMap(verdictsOf);
    find(root, ".room").hidden = album.photos.length < 2 || !verdicts.length;
    const counts = { photos: album.photos.length, faces: verdicts.length };
    part(root, "room-note").textContent = say("room_note", counts);
    const shares = countShares(verdicts, looks.verdicts);
    drawBar(find(root, ".whole"), shares, looks);
    drawLegend(find(root, ".legend"), shares, looks, words, looks.title);
  }

  /**
   * What stands below a thumbnail: the mood, and how many faces there are.
   *
   * @param {Photo} photo
   */
  function describe(photo) {
    if (photo.state === "failed") return [`⚠️ ${say("gallery_error")}`, ""];
    if (photo.state === "waiting") return ["…", ""];
    const verdicts = verdictsOf(photo);
    const [most] = countShares(verdicts, [...new Set(verdicts)]); // of equals the first face's
    if (!most) return [say("gallery_none"), ""];
    return [looks.title(most.verdict), say("faces", { faces: verdicts.length })];
  }

  /** @param {Photo} photo */
  function makeThumbnail(photo) {
    const [mood, faces] = describe(photo);
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
