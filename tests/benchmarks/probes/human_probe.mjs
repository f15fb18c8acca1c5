// human in TensorFlow.js' WebAssembly: BlazeFace, its mesh, and its network of expressions.

import { readFile } from "node:fs/promises";

import { decoded, folderOf, measure, require } from "./measuring.mjs";

const imported = () => ({
  sharp: require("sharp"),
  human: require(`${folderOf("@vladmandic/human")}dist/human.node-wasm.js`), // by its place: not exported
});

// Human fetches its files, and Node's fetch knows no file://.
globalThis.fetch = async (url) => new Response(await readFile(new URL(url)));

async function reader({ sharp, human: { Human } }) {
  const off = { enabled: false };
  const human = new Human({
    backend: "wasm",
    wasmPath: `${folderOf("@tensorflow/tfjs-backend-wasm")}dist/`,
    modelBasePath: `file://${folderOf("@vladmandic/human")}models/`,
    cacheSensitivity: 0, // each photo is new
    face: {
      detector: { maxDetected: 100 }, // it stops at one by default
      emotion: { enabled: true },
      iris: off,
      description: off,
    },
    ...{ body: off, hand: off, gesture: off, object: off, filter: off },
  });
  await human.load();

  return async (path) => {
    const { data, info } = await decoded(sharp, path);
    const pixels = human.tf.tensor4d(data, [1, info.height, info.width, 3], "int32");
    const { face: faces } = await human.detect(pixels);
    pixels.dispose();
    return faces.map(({ box: [x, y, width, height] }) => [x, y, x + width, y + height]);
  };
}

await measure(imported, reader);
