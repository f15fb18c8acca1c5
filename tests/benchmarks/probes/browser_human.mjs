// human's detector and its network of expressions, in TensorFlow.js' WebAssembly; all else is off.

const PACKAGE = "/node_modules/@vladmandic/human/";

export async function load() {
  const { Human } = await import(`${PACKAGE}dist/human.esm.js`);
  const off = { enabled: false };
  const human = new Human({
    backend: "wasm",
    wasmPath: "/node_modules/@tensorflow/tfjs-backend-wasm/dist/",
    modelBasePath: `${PACKAGE}models/`,
    cacheModels: false,
    cacheSensitivity: 0, // each frame is new
    debug: false,
    warmup: "none",
    face: {
      detector: { maxDetected: 10, rotation: false },
      emotion: { enabled: true },
      ...{ mesh: off, iris: off, description: off, antispoof: off, liveness: off },
    },
    ...{ body: off, hand: off, gesture: off, object: off, filter: off, segmentation: off },
  });
  await human.load();

  return async (canvas) => {
    const { face: faces } = await human.detect(canvas);
    return faces.map(({ emotion }) => emotion?.[0]?.emotion ?? "");
  };
}
