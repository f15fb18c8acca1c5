// What is measured of a device: the parts of the engine by themselves, and whole frames as the live
// tab has them read.

/** @import { Reader } from "../live/reader.js" */
/** @import { Vision } from "../shared/types.d.ts" */
/** @import { Scene } from "./scenes.js" */

import { createEngine } from "../vision/engine.js";
import { fetchParts } from "../vision/loading.js";
import { mean, median, quantile, timed } from "./figures.js";
import { makeScenes, SIZE } from "./scenes.js";

const FRAMES = 60;
const WARM = 10; // frames before those that count
const WISH = {
  certainty: 0,
  smallest_face: 0,
  expressions: [],
  show_unreadable: true,
  labels: true,
};

/** @typedef {Awaited<ReturnType<typeof measure>>} Figures */

/**
 * @param {Vision} vision
 * @param {Reader} reader Loaded; what it recorded is forgotten.
 */
export async function measure(vision, reader) {
  const scenes = await makeScenes();
  const one = await frames(reader, scenes.one);
  const six = await frames(reader, scenes.six);
  await reader.clear();
  return {
    user_agent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    ready_ms: reader.ready_ms,
    ...(await parts(vision, scenes.one)),
    one,
    six,
    memory_mb: memoryOf(performance),
  };
}

/**
 * Frames one after the other: the next one when the answer is there.
 *
 * @param {Reader} reader
 * @param {Scene} scene
 */
async function frames(reader, scene) {
  await reader.clear();
  const took = [];
  let faces = 0;
  for (let frame = 0; frame < WARM + FRAMES; frame++) {
    const picture = await scene.picture();
    const begun = performance.now();
    const rest = { time_s: begun / 1000, before: null, wish: WISH, film: false };
    const answer = await reader.read({ picture, ...SIZE, ...rest });
    if (!answer) throw new Error("a frame was not read");
    took.push(performance.now() - begun);
    faces = answer.faces.length;
  }
  const warm = took.slice(WARM);
  return {
    faces,
    ms: median(warm),
    late_ms: quantile(warm, 0.95),
    a_second: 1000 / mean(warm),
    mode: reader.mode,
  };
}

/**
 * @param {Vision} vision
 * @param {Scene} scene
 */
async function parts({ files }, scene) {
  const engine = await createEngine(await fetchParts(files));
  engine.frame(scene.pixels(), SIZE.width, SIZE.height);
  const detector_ms = await timed(() => engine.look(320, 240));
  const [face] = engine.look(320, 240);
  engine.square(...twice(face.box));
  return { detector_ms, mini_ms: await timed(() => engine.mini(true)) };
}

/** @type {(box: [number, number, number, number]) => [number, number, number, number]} */
const twice = ([left, top, right, bottom]) => [2 * left, 2 * top, 2 * right, 2 * bottom];

/**
 * Megabytes that scripts of the page hold; null where the browser does not tell.
 *
 * @param {Performance & { memory?: { usedJSHeapSize: number } }} clock
 */
const memoryOf = ({ memory }) => (memory ? memory.usedJSHeapSize / 1e6 : null);
