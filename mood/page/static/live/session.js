// The session so far: how much of the time each expression showed, and its downloads.

/** @import { LiveServer, Summary } from "../shared/types.d.ts" */
/** @import { Looks } from "../shared/looks.js" */
/** @import { Words } from "../shared/words.js" */

import { download, find, make } from "../shared/dom.js";
import { bySize, drawBar, drawLegend, timeShares } from "../shared/shares.js";
import { chosenTable, writtenWith } from "../shared/tables.js";

/** @type {Summary} */
const NOTHING = { watched_s: 0, shares: {}, uncertain: 0, changes: 0 };

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {LiveServer} given.server
 * @param {string} given.viewer
 * @param {Looks} given.looks
 * @param {Words} given.words
 */
export function createSession({ root, server, viewer, looks, words }) {
  const box = find(root, ".session");

  /** @param {Summary} summary */
  function draw(summary) {
    const shares = timeShares(summary, looks.moods);
    find(box, ".empty").hidden = shares.length > 0;
    find(box, ".sum").hidden = !shares.length;
    drawBar(find(box, ".whole"), shares, looks);
    const part = (/** @type {{ share: number }} */ { share }) => words.percent(share);
    drawLegend(find(box, ".shares"), bySize(shares), looks, words.say, part);
    find(box, ".facts").replaceChildren(
      `${words.say("live_watched")} `,
      make("b", {}, clock(summary.watched_s)),
      ` · ${words.say("live_changes")} `,
      make("b", {}, String(summary.changes)),
    );
  }

  /** @param {"csv" | "json"} kind */
  async function save(kind) {
    const text = await server.live_export({ viewer, kind });
    if (typeof text !== "string") {
      find(root, ".announce").textContent = words.say(text ? "busy" : "live_nothing");
      return;
    }
    const type = kind === "csv" ? "text/csv" : "application/json";
    const content = kind === "csv" ? writtenWith(text, chosenTable()) : text;
    download(`mood-session.${kind}`, new Blob([content], { type }));
  }

  return { draw, save, clear: () => draw(NOTHING) };
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
