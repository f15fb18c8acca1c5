// face-api's tiny detector and its network of expressions, in TensorFlow.js' WebAssembly.

const PACKAGE = "/node_modules/@vladmandic/face-api/";

export async function load() {
  const { nets, tf, detectAllFaces, TinyFaceDetectorOptions } = await import(
    `${PACKAGE}dist/face-api.esm.js`
  );
  tf.setWasmPaths("/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
  await tf.setBackend("wasm");
  await tf.enableProdMode();
  await tf.ready();
  for (const net of [nets.tinyFaceDetector, nets.faceExpressionNet]) {
    await net.loadFromUri(`${PACKAGE}model`);
  }
  const options = new TinyFaceDetectorOptions({ inputSize: 320 });

  return async (canvas) => {
    const faces = await detectAllFaces(canvas, options).withFaceExpressions();
    return faces.map(({ expressions }) => expressions.asSortedArray()[0].expression);
  };
}
