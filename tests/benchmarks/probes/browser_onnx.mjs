// The same two networks in onnxruntime-web: YuNet's file with sides of 320 × 256, and `mini`.

import { eachOnce } from "/vision/places.js";

const DIST = "/node_modules/onnxruntime-web/dist/";
const [WIDTH, HEIGHT, SIDE] = [320, 256, 48];
const SCALE = 2; // pixels of a frame to one that is looked at
const MARGIN = 1.06;

const paper = (width, height) =>
  new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });

export async function load() {
  const ort = await import(`${DIST}ort.wasm.min.mjs`);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = DIST;
  const { labels } = (await (await fetch("/ours.json")).json()).specs.mini;
  const [yunet, mini] = await Promise.all(
    ["/yunet.onnx", "/mini.onnx"].map((file) => ort.InferenceSession.create(file)),
  );
  const [small, face] = [paper(WIDTH, HEIGHT), paper(SIDE, SIDE)];
  const planes = new Float32Array(3 * WIDTH * HEIGHT);

  async function find(canvas) {
    small.drawImage(canvas, 0, 0, canvas.width / SCALE, canvas.height / SCALE);
    const { data } = small.getImageData(0, 0, WIDTH, HEIGHT);
    const size = WIDTH * HEIGHT;
    for (let at = 0; at < size; at++) {
      planes[at] = data[4 * at + 2];
      planes[size + at] = data[4 * at + 1];
      planes[2 * size + at] = data[4 * at];
    }
    const input = new ort.Tensor("float32", planes, [1, 3, HEIGHT, WIDTH]);
    return eachOnce(decoded(await yunet.run({ input })));
  }

  return async (canvas) => {
    const found = await find(canvas);
    if (!found.length) return [];
    const crops = new Float32Array(2 * found.length * SIDE * SIDE);
    for (const [at, { box }] of found.entries()) {
      const [left, top, right, bottom] = box.map((value) => SCALE * value);
      const side = MARGIN * Math.max(right - left, bottom - top);
      const [x, y] = [(left + right - side) / 2, (top + bottom - side) / 2];
      face.drawImage(canvas, x, y, side, side, 0, 0, SIDE, SIDE);
      write(crops, 2 * at * SIDE * SIDE, face.getImageData(0, 0, SIDE, SIDE).data);
    }
    const input = new ort.Tensor("float32", crops, [2 * found.length, 1, SIDE, SIDE]);
    const { logits } = await mini.run({ input });
    return found.map((_, at) => labels[largest(logits.data, 16 * at)]);
  };
}

/** What the network tells of each place, as faces. */
function decoded(told) {
  const found = [];
  for (const stride of [8, 16, 32]) {
    const [cls, obj, bbox] = ["cls", "obj", "bbox"].map((name) => told[`${name}_${stride}`].data);
    const kps = told[`kps_${stride}`].data;
    const columns = WIDTH / stride;
    for (let place = 0; place < cls.length; place++) {
      const confidence = Math.sqrt(cls[place] * obj[place]);
      if (confidence < 0.5) continue;
      const [column, row] = [place % columns, Math.floor(place / columns)];
      const [x, y] = [bbox[4 * place] + column, bbox[4 * place + 1] + row];
      const [w, h] = [2, 3].map((at) => Math.exp(bbox[4 * place + at]) / 2);
      const box = [x - w, y - h, x + w, y + h].map((value) => stride * value);
      const landmarks = [0, 2, 4, 6, 8].map((at) => [
        stride * (kps[10 * place + at] + column),
        stride * (kps[10 * place + at + 1] + row),
      ]);
      found.push({ confidence, box, landmarks });
    }
  }
  return found;
}

/** A face, and behind it its mirror image: grey, of mean 0 and deviation 1. */
function write(crops, from, data) {
  const size = SIDE * SIDE;
  let [sum, squares] = [0, 0];
  for (let at = 0; at < size; at++) {
    const grey = 0.299 * data[4 * at] + 0.587 * data[4 * at + 1] + 0.114 * data[4 * at + 2];
    crops[from + at] = grey;
    sum += grey;
    squares += grey * grey;
  }
  const mean = sum / size;
  const deviation = Math.sqrt(squares / size - mean * mean) + 1e-5;
  for (let at = 0; at < size; at++) {
    const x = at % SIDE;
    crops[from + at] = (crops[from + at] - mean) / deviation;
    crops[from + size + at - x + SIDE - 1 - x] = crops[from + at];
  }
}

/** Which of the eight expressions is the likeliest, both ways together. */
function largest(logits, from) {
  const sums = Array.from({ length: 8 }, (_, at) => logits[from + at] + logits[from + 8 + at]);
  return sums.indexOf(Math.max(...sums));
}
