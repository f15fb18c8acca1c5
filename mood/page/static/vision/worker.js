// The worker that reads frames: it is asked by messages, and answers each in turn. What it is asked
// and what it says: `Question` and `Answered` in types.d.ts.

/** @import { Answered, Question } from "./types.d.ts" */
/** @import { Watcher } from "./watcher.js" */

import { createEngine } from "./engine.js";
import { fetchParts, LoadError } from "./loading.js";
import { createPaper } from "./pixels.js";
import { createWatcher } from "./watcher.js";

const paper = createPaper();
/** @type {Watcher | null} */
let watcher = null;
let turn = Promise.resolve();

/**
 * @param {Question} question
 * @returns {Promise<Answered>}
 */
async function answer(question) {
  const { id } = question;
  if (question.do === "load") {
    const engine = await createEngine(await fetchParts(question.files));
    watcher = createWatcher({ engine, specs: question.specs });
    return { id, ok: true };
  }
  if (!watcher) throw new LoadError("load", "The engine was not loaded.");
  if (question.do === "frame") {
    const { picture } = question;
    try {
      return { id, ...(await watcher.watch(question, () => paper.read(picture))) };
    } finally {
      picture.close();
    }
  }
  if (question.do === "export") return { id, text: watcher.save(question.kind, question.wish) };
  watcher.clear();
  return { id, ok: true };
}

/**
 * @param {Question} question
 * @returns {Promise<Answered>}
 */
async function answered(question) {
  try {
    return await answer(question);
  } catch (problem) {
    const code = problem instanceof LoadError ? problem.code : problemOf(question);
    return { id: question.id, error: code, message: String(problem) };
  }
}

/** @param {Question} question */
const problemOf = (question) => (question.do === "load" ? "load" : "frame");

addEventListener("message", (/** @type {MessageEvent<Question>} */ { data }) => {
  turn = turn.then(async () => postMessage(await answered(data)));
});
