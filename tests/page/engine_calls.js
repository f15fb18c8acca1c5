// What the engine answers, for the tests in Python: node engine_calls.js FOLDER
//
// The folder holds the module and the flat weights, pictures.bin (RGBA, one behind the other) and
// calls.json: a list of pictures with the calls to make of each. The answers go to stdout as JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createEngine } from "../../mood/page/static/vision/engine.js";

const folder = process.argv[2];

/** @param {string} name */
function content(name) {
  const { buffer, byteOffset, length } = readFileSync(join(folder, name));
  return buffer.slice(byteOffset, byteOffset + length);
}

const engine = await createEngine({
  module: content("engine.wasm"),
  detector: content("detector.bin"),
  mini: content("mini.bin"),
  readable: content("readable.bin"),
});
const pixels = new Uint8ClampedArray(content("pictures.bin"));
const plain = (answer) => (answer instanceof Float32Array ? Array.from(answer) : answer);

let at = 0;
const answers = JSON.parse(readFileSync(join(folder, "calls.json"), "utf8")).map((picture) => {
  const { width, height, calls } = picture;
  const end = at + width * height * 4;
  engine.frame(pixels.subarray(at, end), width, height);
  at = end;
  return calls.map(([name, ...values]) => {
    const answer = name === "crop" ? Array.from(engine.crop) : engine[name](...values);
    return plain(answer) ?? null;
  });
});
process.stdout.write(JSON.stringify(answers));
