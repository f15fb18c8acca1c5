// The photo tab: takes photos, has them read one after the other, and shows what was found.

/** @import { Captions, Panel, PhotoProps, PhotoServer } from "../shared/types.d.ts" */
/** @import { Photo } from "./shelf.js" */

import { button, dress, fill, find, part } from "../shared/dom.js";
import { takeHandedOver } from "../shared/handover.js";
import { createLooks } from "../shared/looks.js";
import { createPatience } from "../shared/patience.js";
import { loadWords } from "../shared/words.js";
import { createAlbum } from "./album.js";
import { createCards } from "./cards.js";
import { createDetail } from "./detail.js";
import { createFailures } from "./failures.js";
import { createFilter } from "./filter.js";
import { createFramed } from "./framed.js";
import { createGallery } from "./gallery.js";
import { createIntake } from "./intake.js";
import { listenForArrows } from "./keys.js";
import { createLights } from "./lights.js";
import { createOptions } from "./options.js";
import { createOrder } from "./order.js";
import { makePayload, stubborn } from "./payload.js";
import { createPicture } from "./picture.js";
import { keepPlaces } from "./places.js";
import { createReader } from "./reader.js";
import { fetchSample, showSample } from "./sample.js";
import { createSave } from "./save.js";
import { createSentences } from "./sentences.js";
import { isLost, lookCloser } from "./shelf.js";
import { createSnippets } from "./snippets.js";
import { createTools } from "./tools.js";
import { createUndo } from "./undo.js";
import { createUnread } from "./unread.js";
import { createWhy } from "./why.js";

/** @param {Panel<PhotoProps, PhotoServer>} panel */
export async function start({ element, props, server, upload }) {
  const sheets = dress(
    import.meta.url,
    "../shared/page.css",
    "../shared/parts.css",
    "photo.css",
    "start.css",
    "tools.css",
    "window.css",
    "detail.css",
    "frames.css",
    "reading.css",
    "many.css",
  );
  const [words, sample] = await Promise.all([loadWords(), fetchSample(), sheets]);
  fill(element, words);
  const root = find(element, ".photo");
  const album = createAlbum();
  const looks = createLooks(props.palette, words);
  const sentences = createSentences(words);
  const options = createOptions(root, props, looks.expressions, words, server, (done) => {
    album.wish(options.read());
    offerAgain();
    if (!done) return;
    lookCloser(album.photos, options.read().smallest_face);
    if (album.next) reader.work();
  });
  album.wish(options.read());

  /** What other networks would say needs another reading. */
  function offerAgain() {
    const { model, detector } = options.read();
    const others = album.photos.some(
      ({ asked }) => asked && (asked.model !== model || asked.detector !== detector),
    );
    options.offerAgain(others);
  }

  const patience = createPatience(words);
  const reader = createReader({
    album,
    server,
    words,
    options: options.read,
    patience,
    pack: (file, waiting) => makePayload(file, props, stubborn(upload, words, patience, waiting)),
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
    if (!text) return offerAgain();
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
  takeHandedOver(root, take);
  button(root, "again").addEventListener("click", () => {
    album.reread();
    reader.work();
  });
  button(root, "retry").addEventListener("click", () => {
    album.retry();
    reader.work();
  });
  button(root, "clear").addEventListener("click", () => {
    if (album.photos.length) undo.remove(album.photos);
    intake.focus();
  });

  const undo = createUndo({ root, album, words, back: reader.work });
  const networks = () => album.shown?.options ?? options.read();
  const why = createWhy({ server, words, sentences, patience, networks });
  createSnippets(root, album, words, options.read, props.smallest_face);
  album.onChange(() => {
    // Where nothing could be read, the start stays, with the reason.
    root.dataset.state = album.photos.every(isLost) ? "empty" : "some";
  });
  createTools(root, album);
  const detail = createDetail({ root, album, words, sentences });
  createGallery({ root, album, looks, words, sentences, remove: (photo) => undo.remove([photo]) });
  createFailures({ root, album, words, sentences, again: reader.work });
  /**
   * @param {Photo} photo
   * @param {Captions & { labels?: boolean }} wanted
   */
  const frame = (photo, wanted) => reader.frame(photo, wanted, detail.remark);
  const picture = createPicture({
    root,
    album,
    lights: createLights(root),
    frame: (photo) => frame(photo, { captions: [], key: false, labels: false }),
    looks,
    words,
    sentences,
  });
  const framed = createFramed({ root, looks, words, sentences });
  createCards({ root, album, looks, words, why });
  createUnread({ root, album, words, sentences });
  keepPlaces(root, album);
  createOrder({ root, album, words });
  createFilter({ root, album, looks, words });
  listenForArrows(root, album, words.direction);
  createSave({
    root,
    album,
    draw: async () => {
      const { drawable } = picture;
      return drawable && framed.draw(drawable.image, drawable.answer, options.read().labels);
    },
    frame: (photo) => frame(photo, { captions: sentences.captions(photo), key: true }),
    expressions: looks.expressions,
    complain: (refused) => detail.complain(sentences.excuse(refused)),
  });
  showSample({ root, sample, props, looks, words, sentences });
  root.hidden = false;
  intake.takeEarly();
}
