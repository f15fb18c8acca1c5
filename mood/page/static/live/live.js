// The live tab: pictures of a camera or a film are read, frames, cards and a chart come of it.

/** @import { LiveFaces, LiveProps, LiveServer, Panel } from "../shared/types.d.ts" */

import { asksForBench } from "../shared/addresses.js";
import { button, dress, fill, find } from "../shared/dom.js";
import { handOver } from "../shared/handover.js";
import { createLooks } from "../shared/looks.js";
import { createFields, settings } from "../shared/settings.js";
import { loadWords } from "../shared/words.js";
import { createCamera, reasonOf } from "./camera.js";
import { createCards } from "./cards.js";
import { createDesk } from "./desk.js";
import { createFilm } from "./film.js";
import { createFlow } from "./flow.js";
import { createFrames } from "./frames.js";
import { createHistory } from "./history.js";
import { createOverlay } from "./overlay.js";
import { createPace } from "./pace.js";
import { createPassed } from "./passed.js";
import { createPictures } from "./pictures.js";
import { createReel } from "./reel.js";
import { createSession } from "./session.js";
import { createShown } from "./shown.js";
import { createStatus } from "./status.js";
import { createStill, nameIn } from "./still.js";
import { takeFilms } from "./taken.js";
import { createTimeline } from "./timeline.js";

const REDRAW_MS = 250;

/** @param {Panel<LiveProps, LiveServer>} panel */
export async function start({ element, props, server }) {
  const sheets = dress(
    import.meta.url,
    "../shared/page.css",
    "../shared/parts.css",
    "live.css",
    "film.css",
    "record.css",
  );
  const [words] = await Promise.all([loadWords(), sheets]);
  fill(element, words);
  const root = find(element, ".live");
  const video = find(root, "video", HTMLVideoElement);
  const viewer = makeName();
  let attempt = 0; // counts up with every start and stop: what opens too late is closed

  const looks = createLooks(props.palette, words);
  const status = createStatus(root, words);
  const pictures = createPictures(video);
  const camera = createCamera(video, pictures, () => stop("live_missing"));
  const film = createFilm(video, { played, paused: stood, moved: () => reel.draw() });
  const reel = createReel(root, film, words);
  const source = {
    get mirrored() {
      return !film.open && camera.mirrored;
    },
    get width() {
      return pictures.width;
    },
    get height() {
      return pictures.height;
    },
  };
  const overlay = createOverlay(find(root, ".overlay"), source, looks, words);
  const cards = createCards(root, looks, words);
  const wish = () => settings.value;
  const desk = createDesk({ root, props, server, viewer, words, changed: askAnew });
  const session = createSession({ root, server: desk, viewer, looks, words, wish });
  const history = createHistory();
  const timeline = createTimeline(root, history, looks, words, film.lead);
  const passed = createPassed();
  const still = createStill(video, find(root, ".still", HTMLCanvasElement));
  const pace = createPace();
  const shown = createShown({ looks, overlay, cards, history, passed, timeline, wish });
  const loop = { pace, take, wish, wanted: () => element.isConnected, end: () => stop() };
  const frames = createFrames({
    ...loop,
    camera: pictures,
    server,
    viewer,
    before: passed.before,
    miss(key, values) {
      shown.forget();
      status.miss(words.knows(key) ? key : "error_error", values);
    },
  });
  const flow =
    desk.reader &&
    createFlow({
      ...loop,
      pictures,
      reader: desk.reader,
      filmed: () => film.open,
      time: () => (film.open ? pictures.time : performance.now() / 1000),
      before: () => (film.open ? { time_s: pictures.time, count: 0, faces: [] } : passed.before()),
    });
  /** @type {typeof frames | NonNullable<typeof flow>} */
  let reading = frames; // the loop in use

  /** Opens the camera, once it is settled who reads its pictures. */
  async function open() {
    const mine = ++attempt;
    reading.stop();
    status.show("asking", "live_preparing");
    if (root.dataset.source) await closeFilm();
    const place = await desk.ready(true);
    if (mine !== attempt) return;
    if (place === "none") return status.show("idle", noneOf("live_declined"));
    status.show("asking", "live_asking");
    try {
      const opened = await camera.open();
      if (mine !== attempt) return camera.end(opened);
      camera.use(opened);
    } catch (error) {
      if (mine === attempt) status.show("idle", reasonOf(error));
      return;
    }
    find(root, ".stage").classList.toggle("mirrored", camera.mirrored);
    run();
    button(root, "switch").hidden = !(await camera.hasSeveral());
  }

  /** @param {File} file */
  async function openFilm(file) {
    stop();
    const mine = ++attempt;
    status.show("asking", "live_preparing");
    const place = await desk.ready(false);
    if (mine !== attempt) return;
    if (place !== "browser") return status.show("idle", noneOf("live_film_none"));
    await clear();
    try {
      if (!pictures.readBack()) throw new DOMException("pictures are noise", "NoiseError");
      await film.load(file);
    } catch (error) {
      const noise = error instanceof DOMException && error.name === "NoiseError";
      if (mine === attempt) status.show("idle", noise ? "live_noise" : "live_film_failed");
      return;
    }
    if (mine !== attempt) return film.close();
    root.dataset.source = "film";
    find(root, ".reel").hidden = false;
    find(root, ".stage").classList.remove("mirrored");
    button(root, "switch").hidden = true;
    button(root, "stop").textContent = words.say("close");
    history.begin(film.length);
    timeline.begin(film.length);
    reel.begin();
    run();
    film.play();
  }

  /** @param {string} key What to say where nobody may read. */
  const noneOf = (key) => (desk.way.place === "none" ? "live_way_none" : key);

  function run() {
    status.show("running", "live_loading");
    still.release();
    reading = desk.way.place === "browser" && flow ? flow : frames;
    reading.start();
  }

  /** Somebody else is to read: who watches is asked, where pictures would be sent. */
  async function askAnew() {
    if (status.state !== "running" && status.state !== "paused") return;
    const mine = ++attempt;
    reading.stop();
    shown.forget();
    film.pause();
    const place = await desk.ready(!film.open);
    if (mine !== attempt) return;
    if (place === "none") stop(noneOf(film.open ? "live_film_none" : "live_declined"));
    else if (status.state === "running" || film.open) run();
  }

  /**
   * @param {LiveFaces} answer
   * @param {number} [time] By the clock of the pictures, in seconds.
   */
  function take(answer, time) {
    const stands = film.open && !film.plays;
    shown.take(answer, film.open ? time : undefined, stands);
    if (answer.summary) session.draw(answer.summary);
    if (stands) write();
  }

  /** The picture stands, and its frames with it; of a camera it is the last that is read. */
  async function pause() {
    if (film.open) return film.plays ? film.pause() : film.play();
    const mine = ++attempt;
    if (status.state === "paused") return run();
    const reads = still.freeze() && reading.flowing;
    shown.forget();
    if (reads) {
      status.show("paused", "working");
      const answer = await (reading === flow ? flow.end(still.grab) : frames.end(still.take));
      if (mine !== attempt) return;
      if (answer) {
        take(answer);
        shown.write();
      }
    }
    reading.stop();
    status.show("paused", "live_paused");
    desk.leave();
  }

  /** The film plays, or goes on. */
  function played() {
    status.show("running");
  }

  /** The film stands, or is over. */
  function stood() {
    status.show("paused", film.over ? "live_film_over" : "live_film_paused");
    reel.draw();
  }

  async function openPhoto() {
    if (film.open) still.freeze();
    const photo = await still.photo(film.open ? nameIn(film.name, film.time) : undefined);
    if (film.open) still.release();
    if (photo) handOver([photo]);
  }

  function stop(key = film.open ? "live_film_closed" : "live_stopped") {
    desk.drop();
    if (status.state === "idle") return;
    attempt++;
    reading.stop();
    camera.close();
    film.close();
    find(root, ".reel").hidden = true;
    still.release();
    shown.forget();
    cards.clear();
    status.show("idle", key);
    desk.leave();
  }

  /** What was seen of a film is no part of what a camera sees. */
  async function closeFilm() {
    delete root.dataset.source;
    button(root, "stop").textContent = words.say("live_stop");
    film.close();
    await clear();
  }

  async function turn() {
    await camera.turn();
    shown.forget();
    open();
  }

  async function clear() {
    const runs = status.state === "running";
    reading.stop(); // an answer that is under way belongs to what is forgotten
    await desk.clear();
    history.begin(film.length);
    passed.clear();
    shown.forget();
    cards.clear();
    session.clear();
    timeline.begin(film.length);
    if (runs && status.state === "running") reading.start();
  }

  const actions = {
    start: open,
    stop: () => stop(),
    pause,
    open: openPhoto,
    switch: turn,
    clear,
    csv: () => session.save("csv"),
    json: () => session.save("json"),
  };
  for (const [name, act] of Object.entries(actions)) {
    button(root, name).addEventListener("click", act);
  }
  takeFilms(root, openFilm);

  video.addEventListener("resize", () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width) find(root, ".stage").style.aspectRatio = `${width} / ${height}`;
  });

  // Leaving, by whatever way, turns the camera off; a film waits.
  const leave = () => (film.open ? film.pause() : stop("live_left"));
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  window.addEventListener("pagehide", leave);
  new ResizeObserver(() => (root.getClientRects().length ? desk.prepare() : leave())).observe(root);

  setInterval(() => {
    if (status.state !== "running") return;
    timeline.draw(film.open ? film.time : passed.time); // goes on while the server is away
    if (reading.flowing) write();
  }, REDRAW_MS);

  /** In words and bars. */
  function write() {
    status.tell(shown.faces, pace, desk.reader?.mode ?? "full");
    shown.write();
    if (film.open) timeline.draw(film.time);
  }

  createFields({ root, names: looks.expressions, smallest: props.smallest_face, words });
  settings.onChange(shown.settle);

  timeline.begin(0);
  root.hidden = false;
  status.show("idle");

  if (asksForBench(location)) {
    const { showBench } = await import("../bench/bench.js");
    await showBench({ root, vision: props.vision, reader: desk.reader, words });
  }
}

/** A name that only this browser knows. */
function makeName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
