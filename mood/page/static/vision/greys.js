// The grey crop of a face: from colours, what is measured of it, and what the networks see.

const WHITE = 250; // of 255

/**
 * As OpenCV weighs colours.
 *
 * @param {Uint8Array} colours RGBA.
 * @param {Uint8Array} to
 */
export function greys(colours, to) {
  for (let at = 0; at < to.length; at++) {
    const light = colours[4 * at] * 9798 + colours[4 * at + 1] * 19235 + colours[4 * at + 2] * 3735;
    to[at] = (light + 16384) >> 15;
  }
}

/** @param {ArrayLike<number>} values Whole numbers. */
function spread(values) {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < values.length; at++) {
    sum += values[at];
    squares += values[at] * values[at];
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}

/** @param {Uint8Array} grey How much its pixels differ, and the share of them that is white. */
export function toneOf(grey) {
  let white = 0;
  for (const value of grey) if (value >= WHITE) white++;
  return { deviation: spread(grey).deviation, white: white / grey.length };
}

/**
 * Deviation of a crop's second derivative in deviations of its greys.
 *
 * @param {Uint8Array} grey
 * @param {number} side
 */
export const sharpnessOf = (grey, side) =>
  spread(derivative(grey, side)).deviation / (spread(grey).deviation + 1);

/**
 * The Laplacian of a crop, which is mirrored at its border.
 *
 * @param {Uint8Array} grey
 * @param {number} side
 */
function derivative(grey, side) {
  const found = new Int16Array(grey.length);
  const last = side - 1;
  for (let y = 0; y < side; y++) {
    const up = side * (y ? y - 1 : 1);
    const low = side * (y < last ? y + 1 : last - 1);
    const here = side * y;
    for (let x = 0; x < side; x++) {
      const sides = grey[here + (x ? x - 1 : 1)] + grey[here + (x < last ? x + 1 : last - 1)];
      found[here + x] = grey[up + x] + grey[low + x] + sides - 4 * grey[here + x];
    }
  }
  return found;
}

/**
 * A crop with mean 0 and deviation 1, less where it is flat.
 *
 * @param {Uint8Array} grey
 * @param {number} side
 * @param {boolean} mirrored Whether its mirror image is wanted.
 * @param {Float32Array} to With a border of one pixel, which stays as it is.
 */
export function standardise(grey, side, mirrored, to) {
  const { mean, deviation } = spread(grey);
  const [centre, scale] = [Math.fround(mean), Math.fround(Math.fround(deviation) + 4)];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = grey[side * y + (mirrored ? side - 1 - x : x)];
      to[(side + 2) * (y + 1) + x + 1] = Math.fround(value - centre) / scale;
    }
  }
}
