// The photo tab: takes photos, has them read one after the other, and shows what was found.

/** @import { Panel, PhotoProps, PhotoServer } from "../shared/types.d.ts" */
/** @import { Photo } from "./album.js" */

import { button, dress, fill, find, part } from "../shared/dom.js";
import { createLooks } from "../shared/looks.js";
import { createPatience } from "../shared/patience.js";
import { loadWords } from "../shared/words.js";
import { createAlbum } from "./album.js";
import { createCards } from "./cards.js";
import { createDetail } from "./detail.js";
import { createGallery } from "./gallery.js";
import { createIntake } from "./intake.js";
import { createOptions } from "./options.js";
import { makePayload, stubborn } from "./payload.js";
import { createPicture } from "./picture.js";
import { createReader } from "./reader.js";
import { createSave } from "./save.js";
import { createSentences } from "./sentences.js";
import { createSnippets } from "./snippets.js";
import { createUnread } from "./unread.js";
import { createWhy } from "./why.js";

/** @param {Panel<PhotoProps, PhotoServer>} panel */
export async function start({ element, props, server, upload }) {
  const sheets = dress(
    import.meta.url,
    "../shared/page.css",
    "photo.css",
    "detail.css",
    "unread.css",
  );
  const [words] = await Promise.all([loadWords(), sheets]);
  fill(element, words);
  const root = find(element, ".photo");
  const album = createAlbum();
  const looks = createLooks(props.palette, words);
  const sentences = createSentences(words);
  const options = createOptions(root, props, words, () => {
    options.offerAgain(album.photos.length > 0);
  });

  const patience = createPatience(words);
  const reader = createReader({
    album,
    server,
    words,
    maxMb: props.max_mb,
    options: options.read,
    patience,
    pack: (file, waiting) =>
      makePayload(file, props.max_side, stubborn(upload, words, patience, waiting)),
    busy,
    waiting: (sentence) => {
      busy(sentence);
      announce(sentence);
    },
    done: (photo) => announce(sentences.ofPhoto(photo)),
  });

  /** @param {string} sentence */
  function announce(sentence) {
    part(root, "announce").textContent = sentence;
  }

  /**
   * @param {string} text
   * @param {number | null} share How much of the work is done, where that is known.
   */
  function busy(text, share = null) {
    const bar = find(root, "progress", HTMLProgressElement);
    find(root, ".busy").hidden = !text;
    root.setAttribute("aria-busy", String(Boolean(text)));
    if (!text) return options.offerAgain(false);
    part(root, "busy").textContent = text;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  }

  /** @param {File[]} files */
  function take(files) {
    complain("");
    album.add(files);
    reader.work();
  }

  /** @param {string} sentence Why nothing comes of what was done last; may be empty. */
  function complain(sentence) {
    const complaint = find(root, ".complaint");
    complaint.textContent = sentence;
    complaint.hidden = !sentence;
  }

  const intake = createIntake(root, props, words, take, complain);
  button(root, "again").addEventListener("click", () => {
    album.reread();
    reader.work();
  });
  button(root, "retry").addEventListener("click", () => {
    album.retry();
    reader.work();
  });
  button(root, "clear").addEventListener("click", () => {
    album.clear();
    intake.focus();
  });

  const networks = () => album.shown?.options ?? options.read();
  const why = createWhy({ server, words, sentences, patience, networks });
  const snippets = createSnippets(root, album, words);
  album.onChange(() => {
    root.dataset.state = album.photos.length ? "some" : "empty";
  });
  const detail = createDetail({ root, album, words, sentences, changed: snippets.hide });
  createGallery(root, album, looks, words, sentences);
  /** @param {Photo} photo */
  const frame = (photo) => reader.frame(photo, detail.remark);
  createPicture({ root, album, frame, looks, words, sentences });
  createCards({ root, album, looks, words, why });
  createUnread({ root, album, words, sentences });
  createSave({
    root,
    album,
    frame,
    expressions: looks.expressions,
    complain: (refused) => detail.complain(sentences.excuse(refused)),
  });
  root.hidden = false;
}
