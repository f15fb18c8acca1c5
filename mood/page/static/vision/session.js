// What is kept of who watches: boxes and probabilities, as mood/video/sessions.py and
// mood/page/live.py keep and tell them. No picture is among it.

/** @import { Before, Expression, LiveFace, LiveFaces } from "../shared/types.d.ts" */
/** @import { Box } from "../shared/types.d.ts" */
/** @import { Seen, Tracked } from "./types.d.ts" */
/** @import { Wish } from "./wishes.js" */

import { cut } from "../shared/settled.js";
import { rounded } from "./numbers.js";
import { toCsv, toJson } from "./saved.js";
import { createTimeline } from "./timeline.js";
import { createTracker } from "./tracking.js";
import { ALL, isSame, wishOf } from "./wishes.js";

const SUMMARY_EVERY_S = 1;
const SOUGHT_S = 0.5; // a film that goes back so far was sought; less is a clock that stumbles
const AHEAD_S = 2; // and so far ahead

/** @typedef {ReturnType<typeof createSession>} Session */

/**
 * @param {readonly Expression[]} names In the order of all probabilities.
 * @param {number} certainty Probability from which on the network is certain by itself.
 * @param {boolean} [film] Whether all of it is kept, whichever part is seen again.
 */
export function createSession(names, certainty, film = false) {
  let tracker = createTracker(names);
  const timeline = createTimeline(names, film);
  let wish = ALL;
  /** @type {number | null} */
  let start = null; // the camera's or the film's clock at the beginning of the session
  let time = 0;
  let summarised = Number.NEGATIVE_INFINITY;
  const threshold = () => wish.certainty || certainty;

  /** @param {Partial<Wish> | null} [wanted] What the viewer wants; as before unless given. */
  function settle(wanted) {
    const wished = wanted ? wishOf(wanted) : wish;
    if (!isSame(wished, wish)) tracker.judgeAnew();
    wish = wished;
    timeline.settle(wish, threshold());
  }

  /**
   * @param {number} now By the clock of the frames.
   * @param {Before | null} [before] Where the session goes on.
   */
  function begin(now, before) {
    if (before) {
      time = before.time_s;
      tracker.recall(boxesOf(before), before.count, time);
    }
    start = now - time;
  }

  /**
   * Goes to another moment of a film: who was there keeps the number, and none is given twice.
   *
   * @param {number} then Seconds since the session began.
   */
  function rewind(then) {
    const { count } = tracker;
    tracker = createTracker(names);
    const last = timeline.around(time);
    const there = timeline.rewind(then);
    tracker.recall(there.size || !film ? there : last, count, then);
    time = then;
    summarised = Number.NEGATIVE_INFINITY;
  }

  return {
    /**
     * Takes in a frame.
     *
     * @param {Seen[]} faces
     * @param {number} now When it was taken, in seconds.
     * @param {Partial<Wish> | null} [wanted]
     * @param {Before | null} [before]
     * @returns {LiveFaces}
     */
    record(faces, now, wanted, before) {
      if (start === null) begin(now, before);
      const since = now - /** @type {number} */ (start);
      const ahead = film && since > time + AHEAD_S;
      if (since < time - SOUGHT_S || ahead) rewind(since);
      if (film) timeline.replace(time, since);
      time = Math.max(time, since);
      settle(wanted);
      const tracked = tracker.update(faces, time, threshold(), wish.expressions);
      timeline.record(tracked, time);
      const isTime = time - summarised >= SUMMARY_EVERY_S;
      if (isTime) summarised = time;
      return {
        state: "ok",
        faces: tracked.map((face) => told(face, names)),
        time_s: rounded(time, 3),
        certainty,
        ...(isTime && { summary: timeline.total.summary(names) }),
      };
    },

    /**
     * What was recorded, as a text.
     *
     * @param {"csv" | "json"} kind
     * @param {Partial<Wish> | null} [wanted]
     */
    save(kind, wanted) {
      settle(wanted);
      return kind === "csv" ? toCsv(timeline, names) : toJson(timeline, names);
    },
  };
}

/**
 * @param {Before} before
 * @returns {Map<number, Box>}
 */
const boxesOf = ({ faces }) =>
  new Map(faces.map(([number, ...box]) => [number, /** @type {Box} */ (box.map(Math.fround))]));

/**
 * @param {Tracked} face
 * @param {readonly Expression[]} names
 * @returns {LiveFace}
 */
function told({ number, box, probabilities, expression, missing_s, reason, stayed }, names) {
  const certain = expression === null ? "uncertain" : "certain";
  return {
    number,
    box: /** @type {Box} */ (box.map((value) => rounded(value, 1))),
    verdict: reason ? "unreadable" : certain,
    reason,
    expression: expression === null ? null : names[expression],
    missing: missing_s > 0,
    stayed,
    shares: probabilities.map(cut),
  };
}
