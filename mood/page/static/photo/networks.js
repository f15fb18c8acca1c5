// The networks that can be chosen, told to people: what each is, how large, how good, how far away.

/** @import { NetworkOffer, PhotoServer } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */

import { find, make, part } from "../shared/dom.js";

/** @param {NetworkOffer} offer */
export const canBeHad = ({ standing }) => standing === "ready" || standing === "download";

/**
 * What is said of a network.
 *
 * @param {NetworkOffer} offer
 * @param {Words} words
 */
export function describe({ size_bytes: bytes, accuracy, standing }, words) {
  const size = bytes && words.say("net_size", { mb: words.number(bytes / 1e6, 1) });
  const right = accuracy && words.say("net_accuracy", { share: words.percent(accuracy) });
  return [size, right, words.say(`net_${standing}`)].filter(Boolean).join(" · ");
}

/**
 * Fills a chooser with names at once, and with what the server knows of them when it is asked.
 *
 * @param {object} given
 * @param {HTMLElement} given.root
 * @param {"model" | "detector"} given.kind
 * @param {readonly string[]} given.names The first one is chosen.
 * @param {Words} given.words
 */
export function createChooser({ root, kind, names, words }) {
  const chooser = find(root, `[data-set=${kind}]`, HTMLSelectElement);
  const note = part(root, `${kind}-note`);
  /** @type {Map<string, NetworkOffer>} */
  const known = new Map();
  const titleOf = (/** @type {string} */ name) =>
    words.knows(`net_${name}`) ? words.say(`net_${name}`) : name;
  chooser.append(...names.map((name) => make("option", { value: name }, titleOf(name))));

  function draw() {
    const offer = known.get(chooser.value);
    const automatic = chooser.value === "auto" ? words.say("net_best") : "";
    note.textContent = offer ? describe(offer, words) : automatic;
  }
  chooser.addEventListener("change", draw);
  draw();

  return {
    get value() {
      return chooser.value;
    },

    /** @param {readonly NetworkOffer[]} offers */
    tell(offers) {
      for (const offer of offers) known.set(offer.name, offer);
      for (const option of chooser.options) {
        const offer = known.get(option.value);
        if (!offer) continue;
        const short = words.say(`net_${offer.standing}`);
        option.textContent = `${titleOf(offer.name)} · ${short}`;
        option.disabled = !canBeHad(offer);
      }
      draw();
    },
  };
}

/**
 * What the server knows of its networks; nothing where it does not say.
 *
 * @param {PhotoServer} server
 */
export async function askNetworks(server) {
  const answer = await server.networks().catch(() => null);
  return Array.isArray(answer) ? answer : [];
}
