// The parts that belong to no tab: language and direction of the page, its header, its addresses.

/** @import { Panel } from "./types.d.ts" */
/** @import { Words } from "./words.js" */

import { CODE, followTabs, leadTo } from "./addresses.js";
import { dress, fill, find, make } from "./dom.js";
import { nameTabs, tabsThere, walkTabs } from "./tabs.js";
import { loadWords } from "./words.js";

/** @param {Panel<{}, {}>} panel */
export async function start({ element }) {
  const [words] = await Promise.all([loadWords(), dress(import.meta.url, "page.css", "media.css")]);
  document.documentElement.lang = words.language;
  document.documentElement.dir = words.direction;
  fill(element, words);
  find(document, ".gradio-container").append(makeFooter(words));
  await tabsThere();
  nameTabs(words);
  followTabs();
  walkTabs(words.direction);
  await new Promise((done) => setTimeout(done)); // another tab may be opening
  find(element, "header").hidden = false; // what waits for it is shown; see `first.css`
  endFirstPaint();
}

/** What was painted before any script ran goes when the first tab is there; see `first.css`. */
function endFirstPaint() {
  const watch = new MutationObserver(look);
  function look() {
    const wanting = document.querySelector(".photo[hidden], .mood-header[hidden]");
    if (wanting || !document.querySelector("#photo")) return;
    watch.disconnect();
    document.querySelector("#first")?.remove();
  }
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["hidden"] });
  look();
}

/** @param {Words} words */
function makeFooter({ say, direction }) {
  const links = [
    [CODE, say("share")],
    ["about", say("tab_about")],
  ].map(([place, text]) => {
    const link = make("a", { href: `#${place}` }, text);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      leadTo(place);
    });
    return link;
  });
  return make("footer", { class: "foot", dir: direction }, ...links);
}
