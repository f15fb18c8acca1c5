// What the photo tab says of a face, of a photo, and of what went wrong.

/** @import { Face, Refusal } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Photo } from "./album.js" */

import { findings, refusal } from "./album.js";

/** @typedef {ReturnType<typeof createSentences>} Sentences */

/** @param {Words} words */
export function createSentences(words) {
  const { say, percent } = words;

  /** @param {Face} face */
  const ofFace = (face) =>
    face.expression ? `${say(face.expression)} ${percent(face.probability)}` : say("uncertain");

  /** @param {Refusal} refused */
  const excuse = ({ error, message }) => {
    if (error === "lost" || error === "busy") return say(error);
    if (error !== "share" && words.language === "en" && message) return message;
    return say(words.knows(`error_${error}`) ? `error_${error}` : "error_error");
  };

  return {
    ofFace,
    excuse,

    /** @param {Photo} photo One that was read, or could not be. */
    ofPhoto: (photo) => {
      const refused = refusal(photo);
      if (refused) return `${photo.name}: ${excuse(refused)}`;
      const faces = findings(photo)?.faces ?? [];
      const done = say("done", { name: photo.name, faces: faces.length });
      return `${done} ${faces.map(ofFace).join(", ")}`;
    },
  };
}
