import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GoneError, makePayload, TooLargeError } from "../../mood/page/static/photo/payload.js";
import { fitPhoto, fitWithin } from "../../mood/page/static/shared/jpeg.js";
import { fileOf } from "./samples.js";

const MAX_SIDE = 1600;
const LIMITS = { max_side: MAX_SIDE, max_mb: 20 };
const SHRUNK = { image: "image/jpeg of 1600 × 1200", width: 4000, height: 3000 };
const upload = async (file) => ({ path: `/uploads/${file.name}` });

/** What a canvas gives back of the pixels that were drawn on it last. */
let readBack = (pixels) => Array(pixels).fill([190, 60, 120, 255]).flat();

// What Node lacks of a browser; it opens JPEGs, all of them 4000 by 3000 pixels.
const browser = {
  FileReader: class {
    async readAsDataURL(file) {
      const bytes = Buffer.from(await file.arrayBuffer());
      this.result = `data:${file.type};base64,${bytes.toString("base64")}`;
      this.onload();
    }
  },
  async createImageBitmap(file) {
    if (!file.type.startsWith("image/jpeg")) throw new Error("no such format");
    return { width: 4000, height: 3000, close() {} };
  },
  document: {
    createElement: () => ({
      setAttribute() {},
      append() {},
      getContext: () => ({
        fillRect() {},
        drawImage() {},
        getImageData: (_x, _y, width, height) => ({ data: readBack(width * height) }),
      }),
      toDataURL(type) {
        return `${type} of ${this.width} × ${this.height}`;
      },
    }),
  },
};

before(() => Object.assign(globalThis, browser));
after(() => {
  for (const name of Object.keys(browser)) delete globalThis[name];
});

test("a small photo is sent as it is", async () => {
  const payload = await makePayload(fileOf("a.png", { type: "image/png" }), LIMITS, upload);
  assert.deepEqual(payload, { image: `data:image/png;base64,${btoa("bytes")}` });
});

test("a large photo is scaled down here, and its size goes along", async () => {
  const file = fileOf("a.jpg", { content: "x".repeat(1_000_001) });
  const payload = await makePayload(file, LIMITS, upload);
  assert.deepEqual(payload, SHRUNK);
});

const padded = (head) => head + "x".repeat(1_000_001);

for (const [name, type, head] of [
  ["a.gif", "image/gif", "GIF89a"],
  ["a.png", "image/png", "PNG IHDR acTL IDAT"],
  ["a.webp", "image/webp", `RIFF    WEBPVP8X    \x12`],
  ["a.avif", "image/avif", "    ftypavis"],
]) {
  test(`of an animation ${name} the server chooses a frame`, async () => {
    const large = fileOf(name, { type, content: padded(head) });
    assert.deepEqual(await makePayload(large, LIMITS, upload), { path: `/uploads/${name}` });
    const { image } = await makePayload(fileOf(name, { type, content: head }), LIMITS, upload);
    assert.equal(image, `data:${type};base64,${btoa(head)}`);
  });
}

test("a large picture that does not move is scaled down all the same", async () => {
  const browsers = globalThis.createImageBitmap;
  globalThis.createImageBitmap = async () => ({ width: 4000, height: 3000, close() {} });
  for (const [type, head] of [
    ["image/png", "PNG IHDR IDAT acTL"],
    ["image/webp", `RIFF    WEBPVP8X    \x10`],
    ["image/webp", "RIFF    WEBPVP8L"],
    ["image/avif", "    ftypavif"],
  ]) {
    const file = fileOf("a", { type, content: padded(head) });
    const payload = await makePayload(file, LIMITS, upload);
    assert.deepEqual(payload, SHRUNK);
  }
  globalThis.createImageBitmap = browsers;
});

for (const [what, data, sent] of [
  ["noise", (at) => (at * 83) % 256, "path"],
  ["white", () => 255, "path"],
  ["nearly what was drawn", (at) => [191, 58, 121, 255][at % 4], "image"],
]) {
  test(`where a canvas gives back ${what}, the photo goes there as ${sent}`, async () => {
    const honest = readBack;
    readBack = (pixels) => Array.from({ length: 4 * pixels }, (_, at) => data(at));
    const file = fileOf("a.jpg", { content: padded("") });
    const payload = await makePayload(file, LIMITS, upload);
    readBack = honest;
    const expected = { path: { path: "/uploads/a.jpg" }, image: SHRUNK };
    assert.deepEqual(payload, expected[sent]);
  });
}

test("what the browser cannot open is uploaded", async () => {
  const payload = await makePayload(fileOf("a.tiff", { type: "image/tiff" }), LIMITS, upload);
  assert.deepEqual(payload, { path: "/uploads/a.tiff" });
});

test("a file that cannot be read any more is gone, and nothing is sent", async () => {
  for (const [name, type] of [
    ["a.jpg", "image/jpeg"],
    ["a.tiff", "image/tiff"],
  ]) {
    const file = fileOf(name, { type });
    file.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("NotFoundError")) });
    const uploads = [];
    const sent = makePayload(file, LIMITS, async (each) => uploads.push(each));
    await assert.rejects(sent, GoneError);
    assert.deepEqual(uploads, []);
  }
});

test("an upload that fails is no payload", async () => {
  const fail = () => Promise.reject(new Error("no network"));
  const file = fileOf("a.tiff", { type: "image/tiff" });
  await assert.rejects(makePayload(file, LIMITS, fail), /no network/);
});

test("of what is too large only what is made smaller here is sent", async () => {
  const limits = { ...LIMITS, max_mb: 1.5 };
  for (const [name, type, head] of [
    ["a.tiff", "image/tiff", "II*"],
    ["a.gif", "image/gif", "GIF89a"],
    ["a.mp4", "video/mp4", "    ftypisom"],
  ]) {
    const uploads = [];
    const send = async (file) => uploads.push(file);
    const over = fileOf(name, { type, content: head.padEnd(1_500_001) });
    await assert.rejects(makePayload(over, limits, send), {
      constructor: TooLargeError,
      size: { size_mb: 1.500001, max_mb: 1.5 },
    });
    assert.deepEqual(uploads, []);
    const most = fileOf(name, { type, content: head.padEnd(1_500_000) });
    assert.deepEqual(await makePayload(most, limits, upload), { path: `/uploads/${name}` });
  }
  const photo = fileOf("a.jpg", { content: "x".repeat(2_000_000) });
  assert.deepEqual(await makePayload(photo, limits, upload), SHRUNK);
});

test("a picture is scaled down but never up, and no side vanishes", () => {
  assert.deepEqual(fitWithin({ width: 4000, height: 3000 }, 640), { width: 640, height: 480 });
  assert.deepEqual(fitWithin({ width: 320, height: 200 }, 640), { width: 320, height: 200 });
  assert.deepEqual(fitWithin({ width: 9000, height: 2 }, 640), { width: 640, height: 1 });
});

test("a long photo keeps the shorter side that the server looks at", () => {
  const fitted = (width, height) => Object.values(fitPhoto({ width, height }, MAX_SIDE));
  assert.deepEqual(fitted(4000, 3000), [1600, 1200]);
  assert.deepEqual(fitted(3000, 1000), [1600, 533]);
  assert.deepEqual(fitted(4000, 1000), [2133, 533]);
  assert.deepEqual(fitted(1080, 12000), [480, 5333]);
  assert.deepEqual(fitted(20000, 2000), [5060, 506]);
  assert.deepEqual(fitted(30000, 300), [8000, 80]);
  assert.deepEqual(fitted(300, 2000), [300, 2000]);
});
