// The about tab: its words, the measured accuracy, and which networks answer at the moment.

import { make, prepare } from "../shared/common.js";

export async function start({ element, props, server }) {
const { LANGUAGE, numbers, percents, find, say } = await prepare(element);
const part = (name) => find(`[data-part="${name}"]`);

function drawModels(models) {
  part("idle").hidden = models.length > 0;
  part("models").replaceChildren(
    ...models.flatMap((model) => [
      make("dt", {}, say("about_model_" + model.task)),
      make(
        "dd",
        {},
        make("b", {}, model.title),
        ` (${say("source_" + model.source)}, ${say("about_licence", { licence: model.licence })}) `,
        model.link ? make("a", { href: model.link, rel: "noreferrer" }, model.link) : null
      ),
    ])
  );
}

function drawAccuracy({ accuracy, pictures, expressions }) {
  find(".accuracy").hidden = false;
  part("accuracy").textContent = say("about_accuracy", {
    accuracy: new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 1 }).format(accuracy),
    pictures: numbers.format(pictures),
  });
  find("tbody").replaceChildren(
    ...expressions.map(({ name, recall, pictures: count }) =>
      make(
        "tr",
        {},
        make("th", { scope: "row" }, `${props.palette[name].symbol} ${say(name)}`),
        make("td", {}, percents.format(recall)),
        make("td", {}, numbers.format(count))
      )
    )
  );
}

if (props.accuracy) drawAccuracy(props.accuracy);

// Asked anew each time the tab comes into sight.
new IntersectionObserver(async (entries) => {
  if (entries.some((entry) => entry.isIntersecting)) drawModels((await server.loaded_models()) || []);
}).observe(element);
find(".about").hidden = false;
}
