// Frames as a camera would give them, made of the example photos: the faces move a little.

/** @import { Picture } from "../live/flow.js" */

import { make } from "../shared/dom.js";

export const SIZE = { width: 640, height: 480 };

/** @typedef {ReturnType<typeof createScene>} Scene */

/** Example → where its head is: left and top in pixels, and the side. */
const HEADS = /** @type {const} */ ({
  astronaut: [122, 20, 200],
  grace_hopper: [98, 56, 340],
  mona_lisa: [88, 54, 200],
});

/** @param {keyof typeof HEADS} name */
async function head(name) {
  const photo = make("img", { src: new URL(`../examples/${name}.jpg`, import.meta.url).href });
  await photo.decode();
  const [left, top, side] = HEADS[name];
  return createImageBitmap(photo, left, top, side, side);
}

/** A scene with one large face, and one with six. */
export async function makeScenes() {
  const heads = await Promise.all([head("astronaut"), head("grace_hopper"), head("mona_lisa")]);
  const cells = heads.flatMap((each, column) => [0, 1].map((row) => ({ head: each, column, row })));
  return {
    one: createScene((pen, x, y) => pen.drawImage(heads[0], 170 + x, 90 + y, 300, 300)),
    six: createScene((pen, x, y) => {
      for (const { head: each, column, row } of cells) {
        pen.drawImage(each, 213 * column + 6 + x, 240 * row + 20 + y, 200, 200);
      }
    }),
  };
}

/** @param {(pen: CanvasRenderingContext2D, x: number, y: number) => void} draw */
function createScene(draw) {
  const canvas = make("canvas", SIZE);
  const pen = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  let frame = 0;

  /** Draws the next frame. */
  function next() {
    frame++;
    pen.fillStyle = "#787e84";
    pen.fillRect(0, 0, SIZE.width, SIZE.height);
    draw(pen, 6 * Math.sin(frame / 9), 4 * Math.cos(frame / 7));
  }

  return {
    /** @returns {Promise<Picture>} */
    async picture() {
      next();
      return "VideoFrame" in globalThis
        ? new VideoFrame(canvas, { timestamp: frame })
        : createImageBitmap(canvas);
    },

    /** RGBA. */
    pixels() {
      next();
      return pen.getImageData(0, 0, SIZE.width, SIZE.height).data;
    },
  };
}
