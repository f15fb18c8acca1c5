// The parts that belong to no tab: language and direction of the page, and its header.

import { prepare } from "./common.js";

export async function start({ element }) {
  const { LANGUAGE, find } = await prepare(element);
  document.documentElement.lang = LANGUAGE;
  document.documentElement.dir = element.dir;
  find("header").hidden = false;
}
