// Watching: from the moment that a source is wanted to the one that it is left, whoever reads it.

/** @import { LiveFaces, LiveServer, Settings } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { createCards } from "./cards.js" */
/** @import { createDesk } from "./desk.js" */
/** @import { History } from "./history.js" */
/** @import { Pace } from "./pace.js" */
/** @import { Passed } from "./passed.js" */
/** @import { createReel } from "./reel.js" */
/** @import { createSession } from "./session.js" */
/** @import { createShown } from "./shown.js" */
/** @import { Source } from "./source.js" */
/** @import { createStatus } from "./status.js" */
/** @import { Still } from "./still.js" */
/** @import { createTimeline } from "./timeline.js" */

import { button, find } from "../shared/dom.js";
import { handOver } from "../shared/handover.js";
import { reasonOf } from "./camera.js";
import { createFlow } from "./flow.js";
import { createFrames } from "./frames.js";
import { nameIn } from "./still.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {LiveServer} given.server
 * @param {string} given.viewer
 * @param {Words} given.words
 * @param {Source} given.source
 * @param {ReturnType<typeof createDesk>} given.desk
 * @param {ReturnType<typeof createStatus>} given.status
 * @param {ReturnType<typeof createShown>} given.shown
 * @param {ReturnType<typeof createCards>} given.cards
 * @param {ReturnType<typeof createSession>} given.session
 * @param {ReturnType<typeof createTimeline>} given.timeline
 * @param {ReturnType<typeof createReel>} given.reel
 * @param {History} given.history
 * @param {Passed} given.passed
 * @param {Pace} given.pace
 * @param {Still} given.still
 * @param {() => Settings} given.wish What the visitor wants to see.
 * @param {() => void} given.write Writes what is shown in words and bars.
 */
export function createWatch(given) {
  const { root, server, viewer, words, source, desk, status, shown, cards } = given;
  const { session, timeline, reel, history, passed, pace, still, wish } = given;
  const { pictures, camera, film } = source;
  let attempt = 0; // counts up with every start and stop: what opens too late is closed

  const loop = { pace, take, wish, wanted: () => root.isConnected, end: () => stop() };
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
      time: () => source.time,
      before: () => (film.open ? { time_s: source.time, count: 0, faces: [] } : passed.before()),
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
    if (stands) given.write();
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
    source.close();
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
    const was = status.state;
    reading.stop(); // an answer that is under way belongs to what is forgotten
    await desk.clear();
    history.begin(film.length);
    passed.clear();
    shown.forget();
    cards.clear();
    session.clear();
    timeline.begin(film.length);
    if (status.state === was && (was === "running" || film.open)) reading.start();
  }

  return {
    open,
    openFilm,
    openPhoto,
    pause,
    turn,
    clear,
    stop,
    played,
    stood,
    askAnew,

    /** Whether pictures are read at the moment. */
    get flowing() {
      return reading.flowing;
    },

    /** Leaving, by whatever way, turns the camera off; a film waits. */
    leave: () => (film.open ? film.pause() : stop("live_left")),
  };
}
