// The session so far: how much of the time each expression showed, and its downloads.

/** @import { Expression, LiveServer, Settings, Summary } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */

import { download, find, make } from "../shared/dom.js";
import { drawBar, timeShares } from "../shared/shares.js";
import { chosenTable, writtenWith } from "../shared/tables.js";

/** @type {Summary} */
const NOTHING = { watched_s: 0, shares: {}, uncertain: 0, changes: 0 };

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {Pick<LiveServer, "live_export">} given.server
 * @param {string} given.viewer
 * @param {Looks} given.looks
 * @param {Words} given.words
 * @param {() => Settings} given.wish What the visitor wants to see.
 */
export function createSession({ root, server, viewer, looks, words, wish }) {
  const box = find(root, ".session");
  let before = NOTHING; // what a server that started anew knows no more of
  let latest = NOTHING;

  /** @param {Summary} summary As the server tells it. */
  function draw(summary) {
    if (summary.watched_s < latest.watched_s) before = joined(before, latest);
    latest = summary;
    show(joined(before, latest));
  }

  /** @param {Summary} summary */
  function show(summary) {
    const shares = timeShares(summary, looks.moods);
    box.hidden = !shares.length;
    drawBar(find(box, ".whole"), shares, looks);
    const legend = shares
      .sort((a, b) => b.share - a.share)
      .map(({ mood, share }) => {
        const item = make("li", {}, words.say(mood), " ", make("b", {}, words.percent(share)));
        return looks.paint(item, mood);
      });
    find(box, ".shares").replaceChildren(...legend);
    find(box, ".facts").replaceChildren(
      `${words.say("live_watched")} `,
      make("b", {}, clock(summary.watched_s)),
      ` · ${words.say("live_changes")} `,
      make("b", {}, String(summary.changes)),
    );
  }

  /** @param {"csv" | "json"} kind */
  async function save(kind) {
    const text = await server.live_export({ viewer, kind, wish: wish() });
    if (typeof text !== "string") {
      find(root, ".announce").textContent = words.say(text ? "busy" : "live_nothing");
      return;
    }
    const type = kind === "csv" ? "text/csv" : "application/json";
    const content = kind === "csv" ? writtenWith(text, chosenTable()) : text;
    download(`mood-session.${kind}`, new Blob([content], { type }));
  }

  return {
    draw,
    save,
    clear() {
      before = latest = NOTHING;
      show(NOTHING);
    },
  };
}

/**
 * Two parts of a session as one.
 *
 * @param {Summary} a
 * @param {Summary} b
 * @returns {Summary}
 */
export function joined(a, b) {
  const watched_s = a.watched_s + b.watched_s;
  const [first, second] = [a.watched_s, b.watched_s].map((part) => part / (watched_s || 1));
  const names = /** @type {Expression[]} */ (Object.keys({ ...a.shares, ...b.shares }));
  const shares = Object.fromEntries(
    names.map((name) => [name, first * (a.shares[name] ?? 0) + second * (b.shares[name] ?? 0)]),
  );
  const uncertain = first * a.uncertain + second * b.uncertain;
  return { watched_s, shares, uncertain, changes: a.changes + b.changes };
}

/**
 * Minutes and seconds.
 *
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
