// The faces of the last answer, and all that shows them: frames, cards, the logo, the line of time.

/** @import { LiveFace, LiveFaces, Settings } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Shown } from "./judge.js" */
/** @import { History } from "./history.js" */
/** @import { Passed } from "./passed.js" */

import { judgedAnew, shownOf } from "./judge.js";

/**
 * @param {object} given
 * @param {Looks} given.looks
 * @param {ReturnType<typeof import("./overlay.js").createOverlay>} given.overlay
 * @param {ReturnType<typeof import("./cards.js").createCards>} given.cards
 * @param {History} given.history
 * @param {Passed} given.passed
 * @param {ReturnType<typeof import("./timeline.js").createTimeline>} given.timeline
 * @param {() => Settings} given.wish What the visitor wants to see.
 */
export function createShown({ looks, overlay, cards, history, passed, timeline, wish }) {
  const names = looks.expressions;
  /** @type {LiveFace[]} */
  let told = []; // by the last answer
  /** @type {Shown[]} */
  let faces = []; // those of them that are shown
  let certainty = 0; // from which on the network is certain by itself

  /** In words and bars, which are slower than frames. */
  function write() {
    cards.draw(faces);
    looks.wear(faces);
  }

  /** Cards and the line of time stay. */
  function forget() {
    told = faces = [];
    looks.wear(faces);
    overlay.clear();
  }

  /** The line of time stays. */
  function empty() {
    forget();
    cards.clear();
  }

  return {
    get faces() {
      return faces;
    },
    write,

    /**
     * @param {LiveFaces} answer
     * @param {number} [filmed] When it was in the film, in seconds; none where it is a camera's.
     * @param {boolean} [stands] Whether the film stands: then nobody can stay, or be missed.
     */
    take(answer, filmed, stands = false) {
      told = answer.faces;
      certainty = answer.certainty;
      if (stands) told = told.filter(({ missing }) => !missing);
      const kept = new Set(told.filter(({ stayed }) => stayed).map(({ number }) => number));
      if (stands) told = told.map((face) => ({ ...face, stayed: true }));
      faces = shownOf(told, names, wish());
      const time = filmed ?? passed.take(answer.time_s);
      overlay.draw(faces);
      history.pass(time);
      passed.see(told.filter((face) => face.stayed));
      for (const face of faces) {
        if (kept.has(face.number) && !face.missing) history.remember(face, time);
      }
    },

    /** The settings changed: all that is shown follows, and nothing is read again. */
    settle() {
      told = told.map((face) => judgedAnew(face, names, wish(), certainty));
      faces = shownOf(told, names, wish());
      history.settle(names, wish(), certainty);
      overlay.clear(); // what was written a moment ago as well
      overlay.draw(faces);
      write();
      timeline.draw();
    },

    forget,
    empty,

    /**
     * All of before is forgotten.
     *
     * @param {number} length Of the film that begins, in seconds; 0 where it is none.
     */
    begin(length) {
      empty();
      passed.clear();
      history.begin(length);
      timeline.begin(length);
    },
  };
}
