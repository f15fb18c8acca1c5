// Watching: from the moment that a source is wanted to the one that it is left, whoever reads it.

/** @import { LiveFaces } from "../shared/types.d.ts" */
/** @import { createDesk } from "./desk.js" */
/** @import { Loops } from "./loops.js" */
/** @import { createReel } from "./reel.js" */
/** @import { createSession } from "./session.js" */
/** @import { createShown } from "./shown.js" */
/** @import { Source } from "./source.js" */
/** @import { createStatus } from "./status.js" */
/** @import { Still } from "./still.js" */

import { button, find } from "../shared/dom.js";
import { handOver } from "../shared/handover.js";
import { reasonOf } from "./camera.js";
import { reasonOfFilm } from "./film.js";
import { nameIn } from "./still.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Source} given.source
 * @param {ReturnType<typeof createDesk>} given.desk
 * @param {Loops} given.loops
 * @param {ReturnType<typeof createStatus>} given.status
 * @param {ReturnType<typeof createShown>} given.shown
 * @param {ReturnType<typeof createSession>} given.session
 * @param {ReturnType<typeof createReel>} given.reel
 * @param {Still} given.still
 * @param {() => void} given.write Writes what is shown in words and bars.
 */
export function createWatch(given) {
  const { root, source, desk, loops, status, shown, session, reel, still } = given;
  const { camera, film } = source;
  let attempt = 0; // counts up with every start and stop: what opens too late is closed

  /** Opens the camera, once it is settled who reads its pictures. */
  async function open() {
    const mine = ++attempt;
    loops.stop();
    status.show("asking", "live_preparing");
    await endFilm();
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
      await source.load(file);
    } catch (error) {
      if (mine === attempt) status.show("idle", reasonOfFilm(error));
      return;
    }
    if (mine !== attempt) return film.close();
    shown.begin(film.length);
    reel.begin();
    run();
    film.play();
  }

  /** @param {string} key What to say where nobody may read. */
  const noneOf = (key) => (desk.way.place === "none" ? "live_way_none" : key);

  function run() {
    status.show("running", "live_loading");
    still.release();
    loops.start();
  }

  /** Somebody else is to read: who watches is asked, where pictures would be sent. */
  async function askAnew() {
    if (status.state !== "running" && status.state !== "paused") return;
    const mine = ++attempt;
    loops.stop();
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
    const reads = still.freeze() && loops.flowing;
    shown.forget();
    if (reads) {
      status.show("paused", "working");
      const answer = await loops.end(still);
      if (mine !== attempt) return;
      if (answer) {
        take(answer);
        shown.write();
      }
    }
    loops.stop();
    status.show("paused", "live_paused");
    desk.leave();
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
    loops.stop();
    source.close();
    reel.hide();
    still.release();
    shown.empty();
    status.show("idle", key);
    desk.leave();
  }

  /** What was seen of a film is no part of what a camera sees. */
  async function endFilm() {
    if (!reel.end()) return;
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
    loops.stop(); // an answer that is under way belongs to what is forgotten
    await desk.clear();
    session.clear();
    shown.begin(film.length);
    if (status.state === was && (was === "running" || film.open)) loops.start();
  }

  return {
    open,
    openFilm,
    openPhoto,
    pause,
    turn,
    clear,
    stop,
    stood,
    askAnew,
    take,

    /** Leaving, by whatever way, turns the camera off; a film waits. */
    leave: () => (film.open ? film.pause() : stop("live_left")),
  };
}
