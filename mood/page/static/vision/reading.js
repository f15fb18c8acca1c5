// What a frame shows: its faces, whether each can be read, and the probabilities of its expressions.

/** @import { Reason } from "../shared/types.d.ts" */
/** @import { Eyes, Found, Mode, Seen, Specs } from "./types.d.ts" */
/** @import { Size } from "./boxes.js" */

import { scaledBox, sideOf } from "./boxes.js";
import { crop, squareSide } from "./crops.js";
import { findFaces, largest } from "./detection.js";
import { probabilities } from "./expression.js";
import { howTurned, isCutOff, readableShare, reasonOf } from "./quality.js";

/**
 * @param {Eyes} eyes They hold the frame.
 * @param {Size} size Of the frame.
 * @param {Specs} specs
 * @param {Mode} mode
 * @returns {Found[]} Those to read, in reading order.
 */
export const facesIn = (eyes, size, specs, mode) =>
  largest(findFaces(eyes, size, specs, mode), specs.most_faces);

/**
 * @param {Eyes} eyes
 * @param {Size} size Of the frame.
 * @param {Size} camera Of the camera's picture, in whose pixels the box is told.
 * @param {Found} face
 * @param {Specs} specs
 * @param {Mode} mode
 * @returns {Seen}
 */
export function read(eyes, size, camera, face, specs, mode) {
  const { preprocessing } = specs.mini;
  crop(eyes, size, face, preprocessing);
  const reason = whyNot(eyes, size, face, specs);
  const side = squareSide(face.box, preprocessing);
  const logits = eyes.mini(mode === "full");
  return {
    box: scaledBox(face.box, camera.width / size.width, camera.height / size.height),
    probabilities: probabilities(logits, specs.mini, specs.expressions, side),
    reason,
  };
}

/**
 * Why the face in the engine's crop cannot be read.
 *
 * @param {Eyes} eyes
 * @param {Size} size
 * @param {Found} face
 * @param {Specs} specs
 * @returns {Reason | null}
 */
function whyNot(eyes, size, face, { quality }) {
  if (isCutOff(face, size)) return "cut_off";
  const logit = eyes.readable();
  if (Number.isNaN(logit)) return null; // the network is not there
  const measures = {
    logit,
    confidence: face.confidence,
    side: sideOf(face.box),
    turned: howTurned(face.landmarks),
    sharpness: eyes.sharpness(),
  };
  if (readableShare(measures, quality) >= quality.readable_from) return null;
  return reasonOf(measures, eyes.tone(), quality);
}
