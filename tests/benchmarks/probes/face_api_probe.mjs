// face-api's networks in TensorFlow.js' WebAssembly: SSD by default, or the tiny detector (`--tiny`).

import { decoded, folderOf, measure, require } from "./measuring.mjs";

const tiny = process.argv.includes("--tiny");

const imported = () => ({
  sharp: require("sharp"),
  tf: require("@tensorflow/tfjs"),
  wasm: require("@tensorflow/tfjs-backend-wasm"),
  faceapi: require("@vladmandic/face-api/dist/face-api.node-wasm.js"),
});

async function reader({ sharp, tf, wasm, faceapi }) {
  const { nets, SsdMobilenetv1Options, TinyFaceDetectorOptions } = faceapi;
  wasm.setWasmPaths(`${folderOf("@tensorflow/tfjs-backend-wasm")}dist/`);
  await tf.setBackend("wasm");
  const models = `${folderOf("@vladmandic/face-api")}model`;
  const detector = tiny ? nets.tinyFaceDetector : nets.ssdMobilenetv1;
  for (const net of [detector, nets.faceExpressionNet]) await net.loadFromDisk(models);
  const options = tiny ? new TinyFaceDetectorOptions() : new SsdMobilenetv1Options();

  return async (path) => {
    const { data, info } = await decoded(sharp, path);
    const pixels = tf.tensor3d(data, [info.height, info.width, 3], "int32");
    const faces = await faceapi.detectAllFaces(pixels, options).withFaceExpressions();
    pixels.dispose();
    return faces.map(({ detection: { box } }) => [box.left, box.top, box.right, box.bottom]);
  };
}

await measure(imported, reader);
