// What the photo tab says of a face, of a photo, and of what went wrong.

/** @import { Answer, Face, Refusal } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Photo } from "./album.js" */

import { findings, refusal } from "./album.js";

/** @typedef {ReturnType<typeof createSentences>} Sentences */

/** @param {Words} words */
export function createSentences(words) {
  const { say, number, percent } = words;

  /** @param {Face} face */
  const ofFace = (face) =>
    face.expression ? `${say(face.expression)} ${percent(face.probability)}` : say("uncertain");

  /** @param {Answer} answer */
  const ofFaces = ({ faces, more_faces: more, frame, turned_deg: degrees }) => {
    let told = say(more ? "faces_more" : "faces", { faces: faces.length, more: number(more) });
    if (frame) told = say("frame", { faces: told, n: number(frame + 1) });
    return degrees ? say("faces_turned", { faces: told, degrees: number(degrees) }) : told;
  };

  /** @param {Answer} answer */
  const ofUnseen = ({ unseen_parts: parts }) =>
    parts ? say("unseen_parts", { parts: number(parts) }) : "";

  /**
   * What is said beside the faces: that there is none, that some may be missing; often nothing.
   *
   * @param {Answer} answer
   * @param {number} smallest Pixels of the lowest face that was looked for.
   */
  const remarks = (answer, smallest) => {
    const none = answer.faces.length ? "" : say("no_face", { px: number(smallest) });
    return [none, ofUnseen(answer)].filter(Boolean).join(" ");
  };

  /** @param {Refusal} refused */
  const excuse = ({ error, message }) => {
    if (error === "lost" || error === "busy") return say(error);
    if (error !== "share" && words.language === "en" && message) return message;
    return say(words.knows(`error_${error}`) ? `error_${error}` : "error_error");
  };

  return {
    ofFace,
    ofFaces,
    remarks,
    excuse,

    /** @param {Photo} photo One that was read, or could not be. */
    ofPhoto: (photo) => {
      const refused = refusal(photo);
      if (refused) return `${photo.name}: ${excuse(refused)}`;
      const answer = findings(photo);
      if (!answer) return "";
      const done = say("done", { name: photo.name, faces: ofFaces(answer) });
      return `${done} ${answer.faces.map(ofFace).join(", ")} ${ofUnseen(answer)}`.trimEnd();
    },
  };
}
