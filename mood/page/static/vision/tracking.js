// Who is who from frame to frame, as mood/video/tracking.py follows faces: by where they should be
// by now, never by how they look.

/** @import { Box, Expression } from "../shared/types.d.ts" */
/** @import { Seen, Tracked } from "./types.d.ts" */
/** @import { Track } from "./tracks.js" */

import { considered } from "../shared/settled.js";
import { match } from "./matching.js";
import { begun, decide, expected, isNear, recalled, see, settledReason } from "./tracks.js";

const STAY_S = 1; // a face that was in sight for so long counts, and its number is its own
const RETURN_S = 10; // who comes back to about the same place within this time is the same
const HOLD_S = 0.3; // a face is still shown where it was last seen for so long, or for one frame
const SLOW_S = 0.5; // frames that are further apart than this must each count
const DOUBT_S = 0.3; // uncertainty shorter than this is a change on its way

/** @typedef {ReturnType<typeof createTracker>} Tracker */

/** @param {readonly Expression[]} names In the order of all probabilities. */
export function createTracker(names) {
  /** @type {Track[]} */
  let tracks = [];
  /** @type {Track[]} */
  let left = []; // those that stayed, and are out of sight for a while
  let count = 0; // the highest number of those that stayed
  /** @type {number | null} */
  let last = null; // when the frame before was taken

  /**
   * Takes the next frame in.
   *
   * @param {Seen[]} faces What was found in it.
   * @param {number} time Seconds; a frame that is older than the one before counts as taken with it.
   * @param {number} threshold Probability from which on a verdict is certain.
   * @param {readonly Expression[]} counted Empty means all.
   * @returns {Tracked[]} The faces to show, by number.
   */
  function update(faces, time, threshold, counted) {
    const now = last === null ? time : Math.max(time, last);
    const elapsed = last === null ? 0 : now - last;
    const slow = last === null || elapsed > SLOW_S;
    last = now;
    const pairs = match(
      tracks.map((track) => expected(track, now)),
      faces.map(({ box }) => box),
    );
    for (const track of tracks) track.missed++;
    for (const [old, latest] of pairs) meet(tracks[old], faces[latest], now);
    const known = new Set(pairs.map(([, latest]) => latest));
    const fresh = faces.filter((_, at) => !known.has(at)).map((face) => begun(face, now));
    const seen = pairs.map(([old]) => tracks[old]);
    tracks.push(...fresh);
    name(
      [...seen, ...(slow ? fresh : [])].filter(({ number }) => !number),
      now,
    );
    left.push(...tracks.filter((each) => each.stayed && !isNear(each, now)));
    tracks = tracks.filter((each) => isNear(each, now));
    for (const track of tracks) judge(track, threshold, counted, elapsed);
    return [...tracks]
      .sort((a, b) => a.number - b.number)
      .filter((each) => each.number && (each.missed <= 1 || now - each.seen <= HOLD_S))
      .map((track) => shown(track, now));
  }

  /**
   * @param {Track} track
   * @param {Seen} face
   * @param {number} now
   */
  function meet(track, face, now) {
    see(track, face, now);
    if (track.number && now - track.begun >= STAY_S) {
      track.stayed = true;
      count = Math.max(count, track.number);
    }
  }

  /**
   * @param {Track} track
   * @param {number} threshold
   * @param {readonly Expression[]} counted
   * @param {number} elapsed
   */
  function judge(track, threshold, counted, elapsed) {
    track.reason = settledReason(track, elapsed);
    if (track.reason) {
      track.expression = null;
      track.doubt = 0;
      return;
    }
    const shares = considered(track.probabilities, names, counted);
    const expression = decide(shares, track.expression, threshold);
    const inDoubt = expression === null && track.expression !== null;
    track.doubt = inDoubt ? track.doubt + elapsed : 0;
    if (!inDoubt || track.doubt >= DOUBT_S) track.expression = expression;
  }

  /**
   * Gives them the numbers of those who left from about there of late, else the next ones.
   *
   * @param {Track[]} unnamed
   * @param {number} now
   */
  function name(unnamed, now) {
    left = left.filter(({ seen }) => now - seen <= RETURN_S);
    const boxes = (/** @type {Track[]} */ of) => of.map(({ box }) => box);
    const pairs = match(boxes(left), boxes(unnamed));
    for (const [old, latest] of pairs) {
      unnamed[latest].number = left[old].number;
      unnamed[latest].stayed = true;
    }
    const back = new Set(pairs.map(([old]) => old));
    left = left.filter((_, at) => !back.has(at));
    for (const track of unnamed.filter(({ number }) => !number)) {
      track.number = 1 + Math.max(count, ...tracks.map(({ number }) => number));
    }
  }

  return {
    update,

    /** The highest number of a face that stayed. */
    get count() {
      return count;
    },

    /**
     * Goes on where another tracker ended, before the first frame.
     *
     * @param {Map<number, Box>} faces Those that it showed last, by number.
     * @param {number} most The highest number of a face that stayed.
     * @param {number} time When the first frame was taken.
     */
    recall(faces, most, time) {
      const unknown = names.map(() => 1 / names.length);
      count = Math.max(most, ...faces.keys(), 0);
      left = [...faces].map(([number, box]) => recalled(number, box, unknown, time));
    },

    /** Has verdicts follow none of before, as those were given to other wishes. */
    judgeAnew() {
      for (const track of tracks) {
        track.expression = null;
        track.doubt = 0;
      }
    },
  };
}

/**
 * @param {Track} track
 * @param {number} now
 * @returns {Tracked}
 */
const shown = ({ number, box, probabilities, expression, seen, reason, stayed }, now) => ({
  ...{ number, box, probabilities, expression, reason, stayed },
  missing_s: now - seen,
});
