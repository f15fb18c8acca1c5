// Crops of so few pixels that four neighbours of each tell enough, as OpenCV computes them: what is
// enlarged, and what is turned. Pixels are RGBA.

const { fround } = Math;
const BITS = 2048; // of a weight
const SHIFT = 12582912; // 1.5 · 2^23: a float that this is added to loses its fraction, ties to even

/**
 * @typedef {object} Pixels
 * @property {Uint8Array} bytes
 * @property {number} width
 * @property {number} height
 */

/** @type {(value: number, end: number) => number} */
const within = (value, end) => Math.max(0, Math.min(value, end - 1));

/** @param {number} value */
const toEven = (value) => fround(fround(value) + SHIFT) - SHIFT;

/**
 * A rectangle of a picture, whose edge is repeated beyond its border, at side × side pixels: weights
 * are whole numbers, and the vertical pass drops some of their bits.
 *
 * @param {Pixels} from
 * @param {number[]} box Left, top, right, bottom.
 * @param {number} side
 * @param {Uint8Array} to
 */
export function enlarge({ bytes, width, height }, [left, top, right, bottom], side, to) {
  const columns = Array.from({ length: side }, (_, at) => across(at, right - left, side));
  for (let y = 0; y < side; y++) {
    const place = fround((y + 0.5) * ((bottom - top) / side) - 0.5);
    const first = Math.floor(place);
    const share = fround(place - first);
    const weights = [toEven(fround(1 - share) * BITS), toEven(share * BITS)];
    const rows = [0, 1].map((k) => width * within(top + within(first + k, bottom - top), height));
    for (let x = 0; x < side; x++) {
      const { at, next, own, other } = columns[x];
      const [i, j] = [within(left + at, width), within(left + next, width)];
      for (let channel = 0; channel < 3; channel++) {
        let sum = 2;
        for (let k = 0; k < 2; k++) {
          const one = bytes[4 * (rows[k] + i) + channel] * own;
          const line = one + bytes[4 * (rows[k] + j) + channel] * other;
          sum += (weights[k] * (line >> 4)) >> 16;
        }
        to[4 * (side * y + x) + channel] = sum >> 2;
      }
    }
  }
}

/** @type {(at: number, size: number, side: number) => { at: number, next: number, own: number, other: number }} */
function across(at, size, side) {
  const place = fround((at + 0.5) * (size / side) - 0.5);
  const first = Math.floor(place);
  if (first < 0 || first >= size - 1) {
    const edge = within(first, size);
    return { at: edge, next: edge, own: BITS, other: 0 };
  }
  const share = fround(place - first);
  return {
    at: first,
    next: first + 1,
    own: toEven(fround(1 - share) * BITS),
    other: toEven(share * BITS),
  };
}

/**
 * A picture, whose edge is repeated beyond its border, by a matrix that leads from its pixels to
 * those of the result: in floats.
 *
 * @param {Pixels} from
 * @param {number[]} matrix By rows, two of three.
 * @param {number} side
 * @param {Uint8Array} to
 */
export function warp({ bytes, width, height }, [m00, m01, m02, m10, m11, m12], side, to) {
  const area = m00 * m11 - m01 * m10;
  const scale = area ? 1 / area : 0;
  const [a, b, c, d] = [m11 * scale, -m01 * scale, -m10 * scale, m00 * scale];
  const [xx, xy, yx, yy] = [a, b, c, d].map(fround);
  const [shiftX, shiftY] = [fround(-a * m02 - b * m12), fround(-c * m02 - d * m12)];
  for (let y = 0; y < side; y++) {
    const rowX = fround(fround(y * xy) + shiftX);
    const rowY = fround(fround(y * yy) + shiftY);
    for (let x = 0; x < side; x++) {
      const [px, py] = [fround(x * xx + rowX), fround(x * yx + rowY)];
      const [left, top] = [Math.floor(px), Math.floor(py)];
      const [fx, fy] = [fround(px - left), fround(py - top)];
      const [i, j] = [within(left, width), within(left + 1, width)];
      const [up, low] = [width * within(top, height), width * within(top + 1, height)];
      for (let channel = 0; channel < 3; channel++) {
        const first = between(bytes[4 * (up + i) + channel], bytes[4 * (up + j) + channel], fx);
        const second = between(bytes[4 * (low + i) + channel], bytes[4 * (low + j) + channel], fx);
        to[4 * (side * y + x) + channel] = toEven(between(first, second, fy));
      }
    }
  }
}

/** @type {(from: number, to: number, share: number) => number} */
const between = (from, to, share) => fround(from + fround(share * fround(to - from)));
