// The live tab: the camera's pictures go to the server, frames, cards and a chart come of it.

/** @import { LiveFaces, LiveProps, LiveServer, Panel } from "../shared/types.d.ts" */

import { button, dress, fill, find } from "../shared/dom.js";
import { handOver } from "../shared/handover.js";
import { createLooks } from "../shared/looks.js";
import { createFields, settings } from "../shared/settings.js";
import { loadWords } from "../shared/words.js";
import { createCamera, reasonOf } from "./camera.js";
import { createCards } from "./cards.js";
import { createFrames } from "./frames.js";
import { createHistory } from "./history.js";
import { createOverlay } from "./overlay.js";
import { createPace } from "./pace.js";
import { createPassed } from "./passed.js";
import { createSession } from "./session.js";
import { createShown } from "./shown.js";
import { createStatus } from "./status.js";
import { createStill } from "./still.js";
import { createTimeline } from "./timeline.js";

const REDRAW_MS = 250;

/** @param {Panel<LiveProps, LiveServer>} panel */
export async function start({ element, props, server }) {
  const sheets = dress(
    import.meta.url,
    "../shared/page.css",
    "../shared/parts.css",
    "live.css",
    "record.css",
  );
  const [words] = await Promise.all([loadWords(), sheets]);
  fill(element, words);
  const root = find(element, ".live");
  const video = find(root, "video", HTMLVideoElement);
  const viewer = makeName();
  let attempt = 0; // counts up with every start and stop: a camera that opens too late is closed

  const looks = createLooks(props.palette, words);
  const status = createStatus(root, words);
  const camera = createCamera(video, () => stop("live_missing"));
  const overlay = createOverlay(find(root, ".overlay"), camera, looks, words);
  const cards = createCards(root, looks, words);
  const wish = () => settings.value;
  const session = createSession({ root, server, viewer, looks, words, wish });
  const history = createHistory();
  const timeline = createTimeline(root, history, looks, words);
  const passed = createPassed();
  const still = createStill(video, find(root, ".still", HTMLCanvasElement));
  const pace = createPace();
  const shown = createShown({ looks, overlay, cards, history, passed, timeline, wish });
  const frames = createFrames({
    camera,
    server,
    viewer,
    pace,
    take,
    before: passed.before,
    wish,
    wanted: () => element.isConnected,
    end: () => stop(),
    miss(key, values) {
      shown.forget();
      status.miss(words.knows(key) ? key : "error_error", values);
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
    still.release();
    frames.start();
  }

  /** @param {LiveFaces} answer */
  function take(answer) {
    shown.take(answer);
    if (answer.summary) session.draw(answer.summary);
  }

  /** The picture stands, and its frames with it; it is the last that is sent. */
  async function pause() {
    const mine = ++attempt;
    if (status.state === "paused") return run();
    const reads = still.freeze() && frames.flowing;
    shown.forget();
    if (reads) {
      status.show("paused", "working");
      const answer = await frames.end(still.take);
      if (mine !== attempt) return;
      if (answer) {
        take(answer);
        shown.write();
      }
    }
    frames.stop();
    status.show("paused", "live_paused");
    server.live_leave({ viewer });
  }

  async function openPhoto() {
    const photo = await still.photo();
    if (photo) handOver([photo]);
  }

  function stop(key = "live_stopped") {
    if (status.state === "idle") return;
    attempt++;
    frames.stop();
    camera.close();
    still.release();
    shown.forget();
    cards.clear();
    status.show("idle", key);
    server.live_leave({ viewer });
  }

  async function turn() {
    await camera.turn();
    shown.forget();
    open();
  }

  async function clear() {
    const runs = status.state === "running";
    frames.stop(); // an answer that is under way belongs to what is forgotten
    await server.live_clear({ viewer });
    history.clear();
    passed.clear();
    shown.forget();
    cards.clear();
    session.clear();
    timeline.draw(0);
    if (runs && status.state === "running") frames.start();
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
    if (status.state !== "running") return;
    timeline.draw(passed.time); // goes on while the server is away
    if (!frames.flowing) return;
    status.tell(shown.faces, pace);
    shown.write();
  }, REDRAW_MS);

  createFields({ root, names: looks.expressions, smallest: props.smallest_face, words });
  settings.onChange(shown.settle);

  root.hidden = false;
  status.show("idle");
}

/** A name that only this browser knows. */
function makeName() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
