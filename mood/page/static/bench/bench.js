// The figures of the device that opens the page with `?bench`: shown in the live tab, to be copied.

/** @import { Reader } from "../live/reader.js" */
/** @import { Vision } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Figures } from "./measure.js" */

import { copyText } from "../shared/clipboard.js";
import { button, dress, find, make, part } from "../shared/dom.js";
import { measure } from "./measure.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root Of the live tab.
 * @param {Vision | null} given.vision
 * @param {Reader | null} given.reader Null where browsers are not to read.
 * @param {Words} given.words
 */
export async function showBench({ root, vision, reader, words }) {
  await dress(import.meta.url, "bench.css");
  const { say } = words;
  const act = (/** @type {string} */ name, /** @type {string} */ key) =>
    make("button", { type: "button", "data-do": name, disabled: "" }, say(key));
  const panel = make(
    "div",
    { class: "panel bench" },
    make("h3", {}, say("bench_title")),
    make("p", {}, say("bench_what")),
    make("table", {}, make("tbody")),
    make("p", { role: "status", "data-part": "bench" }),
    make("div", { class: "buttons" }, act("copy", "copy"), act("again", "bench_again")),
  );
  root.prepend(panel);
  const table = find(panel, "tbody");
  const others = find(root, ".main");

  /** @param {string} sentence */
  function tell(sentence) {
    part(panel, "bench").textContent = sentence;
  }

  async function run() {
    if (!vision || !reader) return tell(say("bench_none"));
    for (const name of ["copy", "again"]) button(panel, name).disabled = true;
    delete panel.dataset.figures;
    tell(say("bench_working"));
    others.inert = true; // nothing else is to be read meanwhile
    try {
      const loaded = await reader.load();
      if (typeof loaded === "string") return tell(say(`live_why_${loaded}`));
      const figures = await measure(vision, reader);
      table.replaceChildren(...rowsOf(figures, words));
      panel.dataset.figures = JSON.stringify(figures);
      tell("");
      for (const name of ["copy", "again"]) button(panel, name).disabled = false;
    } catch {
      tell(say("bench_failed"));
      button(panel, "again").disabled = false;
    } finally {
      others.inert = false;
    }
  }

  button(panel, "copy").addEventListener("click", async () => {
    tell(say((await copyText(table)) ? "copied" : "copy_by_hand"));
  });
  button(panel, "again").addEventListener("click", run);
  await run();
}

/**
 * @param {Figures} figures
 * @param {Words} words
 */
function rowsOf({ user_agent, cores, ready_ms, detector_ms, mini_ms, one, six, memory_mb }, words) {
  const { say, number } = words;
  const ms = (/** @type {number} */ value) => say("bench_ms", { ms: number(value, 1) });
  const whole = (/** @type {Figures["one"]} */ frame) => `${ms(frame.ms)} · ${ms(frame.late_ms)}`;
  const rate = (/** @type {Figures["one"]} */ { a_second }) => number(a_second, 1);
  /** @type {[key: string, value: string][]} */
  const told = [
    ["bench_browser", user_agent],
    ["bench_cores", number(cores)],
    ["bench_ready", ms(ready_ms)],
    ["bench_detector", ms(detector_ms)],
    ["bench_mini", ms(mini_ms)],
    ["bench_one", whole(one)],
    ["bench_six", whole(six)],
    ["bench_rate", `${rate(one)} · ${rate(six)}`],
    [
      "bench_memory",
      memory_mb === null ? say("bench_untold") : say("bench_mb", { mb: number(memory_mb) }),
    ],
  ];
  // The end of a line is seen in what is copied alone.
  return told.map(([key, value]) =>
    make("tr", {}, make("th", { scope: "row" }, `${say(key)}: `), make("td", {}, `${value}\n`)),
  );
}
