// Pictures on their way to the server: no larger than it makes use of, as JPEG.

/**
 * The size of a picture whose longer side has at most so many pixels; it is never enlarged.
 *
 * @param {{ width: number, height: number }} size
 * @param {number} most
 */
export const fitWithin = (size, most) =>
  scaled(size, Math.min(1, most / Math.max(size.width, size.height)));

/**
 * A size in whole pixels, one at least.
 *
 * @param {{ width: number, height: number }} size
 * @param {number} scale
 */
export function scaled({ width, height }, scale) {
  const fit = (/** @type {number} */ side) => Math.max(1, Math.round(side * scale));
  return { width: fit(width), height: fit(height) };
}

const LONG = 3;
const LONGEST = 5;

/**
 * The size at which the server looks at a photo: as `scaled` of `mood/vision/decoding.py`, which
 * leaves long ones, screenshots that were scrolled and panoramas, a shorter side to see faces in.
 *
 * @param {{ width: number, height: number }} size
 * @param {number} side Pixels of the longer side of those that are not long.
 */
export function fitPhoto(size, side) {
  const [short, long] = [size.width, size.height].sort((a, b) => a - b);
  if (long <= LONG * short) return fitWithin(size, side);
  const most = Math.min(side / LONG / short, side / Math.sqrt(long * short));
  return fitWithin(size, Math.max(side, long * Math.min(most, (LONGEST * side) / long)));
}

const KNOWN = [190, 60, 120, 255]; // red, green, blue, opaque
const NEAR = 12; // some browsers change what is read a little, which no picture suffers from

/**
 * Whether a canvas gives back what was drawn on it: browsers that resist fingerprinting give noise.
 *
 * @param {HTMLCanvasElement} paper To draw on.
 */
export function isReadBack(paper) {
  paper.width = paper.height = 4;
  const pen = paper.getContext("2d");
  if (!pen) return false;
  pen.fillStyle = `rgb(${KNOWN.slice(0, 3)})`;
  pen.fillRect(0, 0, paper.width, paper.height);
  const { data } = pen.getImageData(0, 0, paper.width, paper.height);
  return data.every((value, at) => Math.abs(value - KNOWN[at % KNOWN.length]) <= NEAR);
}

/**
 * A picture as a data URL; what is transparent becomes white.
 *
 * @param {HTMLCanvasElement} paper To draw on.
 * @param {CanvasImageSource} picture
 * @param {{ width: number, height: number }} size Of the result.
 * @param {number} quality From 0 to 1.
 */
export function toJpeg(paper, picture, { width, height }, quality) {
  paper.width = width;
  paper.height = height;
  const pen = paper.getContext("2d");
  if (!pen) throw new Error("this browser draws nothing");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, width, height);
  return paper.toDataURL("image/jpeg", quality);
}
