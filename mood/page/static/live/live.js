// The live tab: the camera's pictures go to the server, frames, cards and a chart come of it.

/** @import { LiveFace, LiveFaces, LiveProps, LiveServer, Panel } from "../shared/types.d.ts" */

import { button, dress, fill, find } from "../shared/dom.js";
import { createLooks } from "../shared/looks.js";
import { loadWords } from "../shared/words.js";
import { createCamera, reasonOf } from "./camera.js";
import { createCards } from "./cards.js";
import { createChart } from "./chart.js";
import { createFrames } from "./frames.js";
import { createHistory } from "./history.js";
import { createOverlay } from "./overlay.js";
import { createPace } from "./pace.js";
import { createSession } from "./session.js";
import { createStatus } from "./status.js";

const REDRAW_MS = 250;

/** @param {Panel<LiveProps, LiveServer>} panel */
export async function start({ element, props, server }) {
  const sheets = dress(import.meta.url, "../shared/page.css", "live.css", "record.css");
  const [words] = await Promise.all([loadWords(), sheets]);
  fill(element, words);
  const root = find(element, ".live");
  const video = find(root, "video", HTMLVideoElement);
  const viewer = makeName();
  /** @type {LiveFace[]} */
  let faces = []; // of the last answer
  let time = 0; // of the session, in seconds
  let attempt = 0; // counts up with every start and stop: a camera that opens too late is closed

  const looks = createLooks(props.palette, words);
  const status = createStatus(root, words);
  const camera = createCamera(video, () => stop("live_missing"));
  const overlay = createOverlay(find(root, ".overlay"), camera, looks, words);
  const cards = createCards(root, looks, words);
  const session = createSession({ root, server, viewer, looks, words });
  const history = createHistory();
  const chart = createChart(root, history, looks, words);
  const pace = createPace();
  const frames = createFrames({
    camera,
    server,
    viewer,
    pace,
    take,
    wanted: () => element.isConnected,
    end: () => stop(),
    miss(key, values) {
      forgetFaces();
      status.show("running", words.knows(key) ? key : "error_error", values);
    },
  });

  async function open() {
    const mine = ++attempt;
    frames.stop();
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

  function run() {
    status.show("running", "live_loading");
    frames.start();
  }

  /** @param {LiveFaces} answer */
  function take(answer) {
    faces = answer.faces;
    time = answer.time_s;
    overlay.draw(faces);
    for (const face of faces) if (!face.missing) history.remember(face, time);
    if (answer.summary) session.draw(answer.summary);
  }

  function forgetFaces() {
    faces = [];
    overlay.clear();
  }

  function pause() {
    if (status.state === "paused") return run();
    frames.stop();
    forgetFaces();
    status.show("paused", "live_paused");
    server.live_leave({ viewer });
  }

  function stop(key = "live_stopped") {
    if (status.state === "idle") return;
    attempt++;
    frames.stop();
    camera.close();
    forgetFaces();
    cards.clear();
    status.show("idle", key);
    server.live_leave({ viewer });
  }

  async function turn() {
    await camera.turn();
    forgetFaces();
    open();
  }

  async function clear() {
    await server.live_clear({ viewer });
    history.clear();
    forgetFaces();
    cards.clear();
    session.clear();
    chart.draw(time);
  }

  const actions = {
    start: open,
    stop: () => stop(),
    pause,
    switch: turn,
    clear,
    csv: () => session.save("csv"),
    json: () => session.save("json"),
  };
  for (const [name, act] of Object.entries(actions)) {
    button(root, name).addEventListener("click", act);
  }

  video.addEventListener("resize", () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width) find(root, ".stage").style.aspectRatio = `${width} / ${height}`;
  });

  // Leaving, by whatever way, turns the camera off.
  const leave = () => stop("live_left");
  document.addEventListener("visibilitychange", () => document.hidden && leave());
  window.addEventListener("pagehide", leave);
  new ResizeObserver(() => root.getClientRects().length || leave()).observe(root);

  setInterval(() => {
    if (status.state !== "running" || !frames.flowing) return;
    status.tell(faces, pace);
    cards.draw(faces);
    chart.draw(time);
  }, REDRAW_MS);

  root.hidden = false;
  status.show("idle");
}

/** A name that only this browser knows. */
function makeName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
