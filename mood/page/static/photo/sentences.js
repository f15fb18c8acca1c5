// What the photo tab says of a face, of a photo, and of what went wrong.

/** @import { Answer, Face, Refusal } from "../shared/types.d.ts" */
/** @import { Words } from "../shared/words.js" */
/** @import { Photo } from "./shelf.js" */

import { readable } from "../shared/looks.js";
import { facesOf, findings, refusal } from "./shelf.js";

/** @typedef {ReturnType<typeof createSentences>} Sentences */

/** Of these the server's own sentence says more; others speak to who runs the server. */
const TOLD = ["unreadable", "unsupported", "too_large", "options"];

/** @param {Words} words */
export function createSentences(words) {
  const { say, count, number, percent } = words;

  /** @param {Face} face */
  const ofFace = (face) => {
    if (!readable(face)) return say("unreadable", { reason: ofReason(face) });
    return face.expression
      ? `${say(face.expression)} ${percent(face.probability)}`
      : say("uncertain");
  };

  /** @param {Face} face One that cannot be read. */
  const ofReason = ({ reason }) => say(`reason_${reason}`);

  /**
   * How many cannot be read; empty where all can.
   *
   * @param {Face[]} faces
   */
  const ofUnreadable = (faces) => {
    const unreadable = faces.filter((face) => !readable(face)).length;
    const key = unreadable < faces.length ? "unreadable_more" : "unreadable_only";
    return unreadable ? count(key, unreadable) : "";
  };

  /**
   * A sum of faces, and how many cannot be read, which are no part of it.
   *
   * @param {string} sum
   * @param {Face[]} faces
   */
  const withUnreadable = (sum, faces) => [sum, ofUnreadable(faces)].filter(Boolean).join(" · ");

  /** @param {Answer} answer */
  const ofFaces = ({ faces, more_faces: more, frame, turned_deg: degrees }) => {
    const sum = count("faces", faces.filter(readable).length);
    let told = withUnreadable(more ? count("faces_more", more, { faces: sum }) : sum, faces);
    if (frame) told = say("frame", { faces: told, n: number(frame + 1) });
    return degrees ? say("faces_turned", { faces: told, degrees: number(degrees) }) : told;
  };

  /**
   * What the faces of a photo show, one after the other, without those that cannot be read.
   *
   * @param {Face[]} faces
   */
  const ofMoods = (faces) => faces.filter(readable).map(ofFace).join(", ");

  /**
   * The same, and if that is nothing: why.
   *
   * @param {Face[]} faces
   */
  const ofAll = (faces) =>
    ofMoods(faces) || say(faces.length ? "gallery_unreadable" : "gallery_none");

  /** @param {Answer} answer */
  const ofUnseen = ({ unseen_parts: parts }) => (parts ? count("unseen_parts", parts) : "");

  /**
   * What is said beside the faces: that there is none or none can be read, that some may be missing; often
   * nothing.
   *
   * @param {Answer} answer
   * @param {number} smallest Pixels of the lowest face that was looked for.
   */
  const remarks = (answer, smallest) => {
    const none = answer.faces.length ? "" : count("no_face", smallest);
    const unreadable = none || answer.faces.some(readable) ? "" : say("none_readable");
    return [none, unreadable, ofUnseen(answer)].filter(Boolean).join(" ");
  };

  /**
   * Rounded up: what is more than the limit is told as more.
   *
   * @param {number} mb
   */
  const tenths = (mb) => number(Math.ceil(10 * mb) / 10, 1);

  /** @param {Refusal} refused */
  const excuse = ({ error, message, size_mb: size, max_mb: most }) => {
    if (size && most) return say("error_too_many_mb", { mb: tenths(size), most: number(most) });
    if (error === "lost" || error === "busy") return say(error);
    if (TOLD.includes(error) && words.language === "en" && message) return message;
    return say(words.knows(`error_${error}`) ? `error_${error}` : "error_error");
  };

  /**
   * What is written at the faces of a picture, one text for each.
   *
   * @param {Photo} photo
   */
  const captions = (photo) => facesOf(photo).map((face) => (readable(face) ? ofFace(face) : ""));

  return {
    captions,
    ofAll,
    ofFace,
    ofFaces,
    remarks,
    ofReason,
    ofUnreadable,
    withUnreadable,
    excuse,

    /** @param {Photo} photo One that was read, or could not be. */
    ofPhoto: (photo) => {
      const refused = refusal(photo);
      const answer = findings(photo);
      const still = answer ? say("still_shown") : "";
      if (refused) return [`${photo.name}: ${excuse(refused)}`, still].filter(Boolean).join(" ");
      if (!answer) return "";
      const done = say("done", { name: photo.name, faces: ofFaces(answer) });
      return [done, ofMoods(answer.faces), ofUnseen(answer)].filter(Boolean).join(" ");
    },
  };
}
