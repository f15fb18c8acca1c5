// Who reads: the line that says it, the switch, and the question before pictures are sent.

/** @import { LiveProps, LiveServer } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Reader } from "./reader.js" */
/** @import { Place, Why } from "./way.js" */

import { button, find, findAll, part } from "../shared/dom.js";
import { createReader } from "./reader.js";
import { createWay } from "./way.js";

/**
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {LiveProps} given.props
 * @param {LiveServer} given.server
 * @param {string} given.viewer
 * @param {Words} given.words
 * @param {() => void} given.changed Somebody else is to read from now on.
 */
export function createDesk({ root, props, server, viewer, words, changed }) {
  const way = createWay(props);
  const details = find(root, ".way", HTMLDetailsElement);
  const choice = find(details, "[data-set=browser]", HTMLInputElement);
  const ask = part(root, "ask");
  let agreed = false; // to send pictures
  /** @type {(agreed: boolean) => void} */
  let answer = () => {};

  /** @type {Reader | null} */
  const reader = props.vision && createReader(props.vision, broke);

  /** @param {Why} why */
  function broke(why) {
    if (way.place !== "browser") return;
    way.fail(why);
    draw();
    changed();
  }

  function draw() {
    const { place, why, open } = way;
    const asks = place === "server" && !agreed;
    root.dataset.way = place;
    for (const line of root.querySelectorAll("[data-part=line-of-way]")) {
      line.textContent = words.say(`live_way_${asks ? "asks" : place}`);
    }
    part(details, "why").textContent = why ? words.say(`live_why_${why}`) : "";
    part(details, "kept").textContent = words.say(`live_kept_${place}`);
    choice.checked = place === "browser";
    part(details, "choice").hidden = !open;
  }

  /** @returns {Promise<boolean>} Whether the visitor agrees. */
  function consent() {
    answer(false); // an older question
    const { why } = way;
    part(ask, "ask-why").textContent = why ? words.say(`live_why_${why}`) : "";
    ask.hidden = false;
    ask.focus();
    return new Promise((done) => {
      answer = (yes) => {
        answer = () => {};
        agreed = yes;
        if (ask.contains(document.activeElement)) button(root, "stop").focus();
        ask.hidden = true;
        draw();
        done(yes);
      };
    });
  }

  button(root, "agree").addEventListener("click", () => answer(true));
  button(root, "decline").addEventListener("click", () => answer(false));
  ask.addEventListener("keydown", ({ key }) => key === "Escape" && answer(false));
  choice.addEventListener("change", () => {
    way.choose(!choice.checked);
    draw();
    changed();
  });

  for (const curtain of findAll(root, ".curtain")) curtain.dir = words.direction; // the stage is not
  draw();

  return {
    reader,
    way,

    /** Fetches what the browser reads with, so that it is there when a source is. */
    prepare() {
      if (way.place === "browser") reader?.load();
    },

    /**
     * Who reads what comes now, when all is ready for it.
     *
     * @param {boolean} sendable Whether its pictures may be sent, once the visitor agreed.
     * @returns {Promise<Place>} `none` where nobody may.
     */
    async ready(sendable) {
      if (!sendable) way.choose(false); // a film is read here, whoever reads the camera's pictures
      if (way.place === "browser") {
        const loaded = await reader?.load();
        if (typeof loaded === "string") way.fail(loaded);
        draw();
      }
      if (way.place === "browser") return "browser";
      if (way.place === "none" || !sendable) return "none";
      if (agreed || (await consent())) return "server";
      if (!way.open) return "none";
      way.choose(false); // back to what sends nothing
      draw();
      return "browser";
    },

    /** Takes a question back that waits for its answer. */
    drop: () => answer(false),

    /** Whoever read tells no more of it. */
    leave() {
      if (agreed) server.live_leave({ viewer });
    },

    async clear() {
      if (reader?.began) await reader.clear();
      if (agreed) await server.live_clear({ viewer });
    },

    /** @type {LiveServer["live_export"]} */
    async live_export({ kind, wish }) {
      if (way.place === "browser") return (await reader?.export(kind, wish)) ?? null;
      return server.live_export({ viewer, kind, wish });
    },
  };
}
