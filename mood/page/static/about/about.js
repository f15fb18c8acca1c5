// The about tab: its words, the measured accuracy, and which networks answer at the moment.

/** @import { AboutProps, AboutServer, Accuracy, LoadedModel, Panel } from "../shared/types.d.ts" */

import { dress, fill, find, make, part } from "../shared/dom.js";
import { createLooks } from "../shared/looks.js";
import { loadWords } from "../shared/words.js";

/** @param {Panel<AboutProps, AboutServer>} panel */
export async function start({ element, props, server }) {
  const sheets = dress(import.meta.url, "../shared/page.css", "../shared/parts.css", "about.css");
  const [words] = await Promise.all([loadWords(), sheets]);
  fill(element, words);
  const root = find(element, ".about");
  const looks = createLooks(props.palette, words);
  const { say, number, percent } = words;

  /** @param {LoadedModel[]} models */
  function drawModels(models) {
    part(root, "idle").hidden = models.length > 0;
    part(root, "models").replaceChildren(...models.flatMap(describe));
  }

  /** @param {LoadedModel} model */
  function describe({ task, name, title, source, licence, link, calibrated }) {
    const known = `title_${name}`; // those of an operator's own have the title that he gave them
    const origin = ` (${say(`source_${source}`)}, ${say("about_licence", { licence })}) `;
    const what = make("dd", {}, make("b", {}, words.knows(known) ? say(known) : title), origin);
    if (link) what.append(make("a", { href: link, rel: "noreferrer" }, link));
    if (calibrated === false) what.append(make("p", {}, say("about_uncalibrated")));
    return [make("dt", {}, say(`about_model_${task}`)), what];
  }

  /** @param {Accuracy} measured */
  function drawAccuracy({ accuracy, pictures, expressions }) {
    find(root, ".accuracy").hidden = false;
    const values = { accuracy: percent(accuracy, 1), pictures: number(pictures) };
    part(root, "accuracy").textContent = say("about_accuracy", values);
    find(root, "tbody").replaceChildren(
      ...expressions.map(({ name, recall, pictures: count }) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, looks.title(name)),
          make("td", {}, percent(recall)),
          make("td", {}, number(count)),
        ),
      ),
    );
  }

  if (props.accuracy) drawAccuracy(props.accuracy);
  part(root, "given").hidden = !props.licences.length;
  part(root, "licences").replaceChildren(
    ...props.licences.map(({ name, licence, url }) => {
      const text = new URL(url, document.baseURI).href;
      const link = make("a", { href: text, target: "_blank" }, say("about_licence", { licence }));
      return make("li", {}, make("b", {}, say(`title_${name}`)), " (", link, ")");
    }),
  );

  // Asked anew each time the tab comes into sight.
  new IntersectionObserver(async (entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    const models = await server.loaded_models();
    drawModels(Array.isArray(models) ? models : []);
  }).observe(element);
  root.hidden = false;
}
