// The live tab: pictures of a camera or a film are read, frames, cards and a chart come of it.

/** @import { LiveProps, LiveServer, Panel } from "../shared/types.d.ts" */

import { asksForBench } from "../shared/addresses.js";
import { button, dress, fill, find } from "../shared/dom.js";
import { createLooks } from "../shared/looks.js";
import { createFields, settings } from "../shared/settings.js";
import { loadWords } from "../shared/words.js";
import { createCards } from "./cards.js";
import { createDesk } from "./desk.js";
import { createHistory } from "./history.js";
import { createLoops } from "./loops.js";
import { createOverlay } from "./overlay.js";
import { createPace } from "./pace.js";
import { createPassed } from "./passed.js";
import { createReel } from "./reel.js";
import { createSession } from "./session.js";
import { createShown } from "./shown.js";
import { createSource } from "./source.js";
import { createStatus } from "./status.js";
import { createStill } from "./still.js";
import { takeFilms } from "./taken.js";
import { createTimeline } from "./timeline.js";
import { createWatch } from "./watch.js";

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

  const looks = createLooks(props.palette, words);
  const status = createStatus(root, words);
  const source = createSource(video, {
    lost: () => watch.stop("live_missing"),
    played: () => status.show("running"),
    paused: () => watch.stood(),
    moved: () => reel.draw(),
  });
  const { film } = source;
  const reel = createReel(root, film, words);
  const overlay = createOverlay(find(root, ".overlay"), source, looks, words);
  const cards = createCards(root, looks, words);
  const wish = () => settings.value;
  const changed = () => watch.askAnew();
  const desk = createDesk({ root, props, server, viewer, words, changed });
  const session = createSession({ root, server: desk, viewer, looks, words, wish });
  const history = createHistory();
  const timeline = createTimeline(root, history, looks, words, film.lead);
  const passed = createPassed();
  const still = createStill(video, find(root, ".still", HTMLCanvasElement));
  const pace = createPace();
  const shown = createShown({ looks, overlay, cards, history, passed, timeline, wish });
  const loops = createLoops({
    ...{ root, server, viewer, words, source, desk, status, shown, passed, pace, wish },
    take: (answer, time_s) => watch.take(answer, time_s),
    end: () => watch.stop(),
  });
  const parts = { root, source, desk, loops, status, shown, session, reel, still };
  const watch = createWatch({ ...parts, write });

  /** In words and bars. */
  function write() {
    if (!film.over) status.tell(shown.faces, pace, desk.reader?.mode ?? "full");
    shown.write();
    if (film.open) timeline.draw(film.time);
  }

  const actions = {
    start: watch.open,
    stop: () => watch.stop(),
    pause: watch.pause,
    open: watch.openPhoto,
    switch: watch.turn,
    clear: watch.clear,
    csv: () => session.save("csv"),
    json: () => session.save("json"),
  };
  for (const [name, act] of Object.entries(actions)) {
    button(root, name).addEventListener("click", act);
  }
  takeFilms(root, watch.openFilm);

  video.addEventListener("resize", () => {
    const { videoWidth: width, videoHeight: height } = video;
    if (width) find(root, ".stage").style.aspectRatio = `${width} / ${height}`;
  });

  document.addEventListener("visibilitychange", () => document.hidden && watch.leave());
  window.addEventListener("pagehide", watch.leave);
  const inSight = () => root.getClientRects().length > 0;
  new ResizeObserver(() => (inSight() ? desk.prepare() : watch.leave())).observe(root);

  setInterval(() => {
    if (status.state !== "running") return;
    timeline.draw(film.open ? film.time : passed.time); // goes on while the server is away
    if (loops.flowing) write();
  }, REDRAW_MS);

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
