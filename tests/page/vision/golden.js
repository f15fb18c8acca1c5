// What Python says of frames: written by `python -m tests.vision.golden` and `tests.video.golden`.

import { readFileSync } from "node:fs";

export const golden = (name) =>
  JSON.parse(readFileSync(new URL(`../../data/${name}.json`, import.meta.url)));

/** A face of a table, with numbers that are float32 again: the table holds them in full. */
export const boxOf = (box) => box.map(Math.fround);
