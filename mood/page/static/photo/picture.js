// The photo that is shown, with a frame and a label around each face.

/** @import { Answer, Face, Framed, Refusal } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album, Photo } from "./album.js" */
/** @import { Sentences } from "./sentences.js" */

import { find, findAll, make } from "../shared/dom.js";
import { moodOf, readable } from "../shared/looks.js";
import { findings } from "./album.js";
import { placeLabels } from "./tags.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {(photo: Photo) => Promise<Framed | Refusal>} given.frame Has the server draw the frames.
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function createPicture({ root, album, frame, looks, words, sentences }) {
  const picture = find(root, ".picture");
  const image = find(picture, "img", HTMLImageElement);
  const hits = find(picture, ".hits");
  /** @type {Answer | null} */
  let drawn = null;

  function draw() {
    const answer = findings(album.shown);
    if (!album.shown || !answer) return;
    if (answer !== drawn) {
      drawn = answer;
      showImage(album.shown, answer);
      hits.replaceChildren(...answer.faces.map((face, at) => makeHit(face, at, answer)));
    }
    choose();
  }

  /**
   * What the browser cannot open is shown as the server draws it, frames and all.
   *
   * @param {Photo} photo
   * @param {Answer} answer
   */
  function showImage(photo, answer) {
    picture.classList.remove("drawn");
    image.onerror = async () => {
      image.onerror = null;
      picture.classList.add("drawn");
      const framed = await frame(photo);
      if ("picture" in framed && drawn === answer) image.src = framed.picture;
    };
    image.src = photo.thumbnail;
    const verdicts = sentences.ofAll(answer.faces);
    image.alt = words.say("photo_alt", { name: photo.name, verdicts });
  }

  /**
   * @param {Face} face
   * @param {number} at
   * @param {Answer} answer
   */
  function makeHit(face, at, { width, height }) {
    const [left, top, right, bottom] = face.bbox_xyxy;
    const label = `${words.say("face", { n: at + 1 })}: ${sentences.ofFace(face)}`;
    const hit = make("button", { type: "button", "aria-label": label });
    hit.addEventListener("click", () => album.choose(at, true));
    hit.style.left = `${(100 * left) / width}%`;
    hit.style.top = `${(100 * top) / height}%`;
    hit.style.width = `${(100 * (right - left)) / width}%`;
    hit.style.height = `${(100 * (bottom - top)) / height}%`;
    const middle = (left + right) / 2 / width;
    hit.classList.toggle("begin", middle < 0.25);
    hit.classList.toggle("end", middle > 0.75);
    hit.classList.toggle("low", top / height < 0.1);
    if (readable(face)) addTag(hit, face);
    else hit.classList.add("unreadable");
    return hit;
  }

  /**
   * @param {HTMLElement} hit
   * @param {Face} face
   */
  function addTag(hit, face) {
    const mood = moodOf(face.expression);
    const tag = make("span", { class: "tag", "aria-hidden": "true" }, looks.of(mood).symbol);
    tag.append(make("span", { class: "words" }, ` ${sentences.ofFace(face)}`));
    looks.paint(hit, mood).append(tag);
  }

  function choose() {
    for (const [at, hit] of findAll(hits, "button").entries()) {
      hit.setAttribute("aria-pressed", String(at === album.chosen));
    }
    placeTags();
  }

  function placeTags() {
    const labels = findAll(hits, "button:not(.unreadable)").map((hit) => ({
      hit,
      face: hit.getBoundingClientRect(),
      chosen: hit.getAttribute("aria-pressed") === "true",
      measure: (/** @type {Record<string, boolean>} */ manner) => {
        show(hit, manner);
        return find(hit, ".tag").getBoundingClientRect();
      },
    }));
    const manners = placeLabels(labels, picture.getBoundingClientRect());
    for (const [at, { hit }] of labels.entries()) show(hit, manners[at]);
  }

  album.onChange(draw);
  album.onChoice(choose);
  new ResizeObserver(placeTags).observe(picture);
}

/**
 * @param {HTMLElement} hit
 * @param {Record<string, boolean>} manner
 */
function show(hit, manner) {
  for (const [name, on] of Object.entries(manner)) hit.classList.toggle(name, on);
}
