// The faces of the photo that cannot be read: one line below the cards, which opens to say why.

/** @import { Answer, Face } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Album } from "./album.js" */
/** @import { Sentences } from "./sentences.js" */

import { comeIntoSight, find, findAll, make } from "../shared/dom.js";
import { readable } from "../shared/looks.js";
import { findings } from "./shelf.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Album} given.album
 * @param {Words} given.words
 * @param {Sentences} given.sentences
 */
export function createUnread({ root, album, words, sentences }) {
  const fold = find(root, "details.unread", HTMLDetailsElement);
  const list = find(fold, "ul");
  /** @type {Answer | null} */
  let drawn = null;

  function draw() {
    const answer = findings(album.shown);
    if (!answer) fold.hidden = true;
    else if (answer !== drawn) fill(answer);
    drawn = answer;
    choose(false);
  }

  /** @param {Answer} answer */
  function fill(answer) {
    const rows = answer.faces.flatMap((face, at) => (readable(face) ? [] : [makeRow(face, at)]));
    fold.hidden = !rows.length;
    fold.open = rows.length === answer.faces.length; // where nothing else is to be seen
    find(fold, "summary").textContent = sentences.ofUnreadable(answer.faces);
    list.replaceChildren(...rows);
  }

  /**
   * @param {Face} face
   * @param {number} at
   */
  function makeRow(face, at) {
    const crop = make("img", { src: face.crop, alt: "" });
    const reason = make("span", {}, sentences.ofReason(face));
    const name = make("span", { class: "quiet" }, words.face(at + 1));
    return make("li", { "data-face": at + 1 }, crop, name, reason);
  }

  /** @param {boolean} scroll */
  function choose(scroll) {
    for (const row of findAll(list, "li")) {
      const chosen = row.dataset.face === String(album.chosen + 1);
      row.classList.toggle("chosen", chosen);
      if (!chosen || !scroll) continue;
      fold.open = true;
      comeIntoSight(row);
    }
  }

  album.onChange(draw);
  album.onChoice(choose);
}
