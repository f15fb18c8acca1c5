// What a viewer wants to see of faces: the defaults of mood/options.py leave everything as it is.

/** @import { Settings } from "../shared/types.d.ts" */

/** @typedef {Pick<Settings, "certainty" | "smallest_face" | "expressions" | "show_unreadable">} Wish */

/** @type {Wish} */
export const ALL = { certainty: 0, smallest_face: 0, expressions: [], show_unreadable: true };

/**
 * @param {Partial<Wish>} wish Whatever else it holds does not matter to a video.
 * @returns {Wish}
 */
export const wishOf = ({
  certainty = ALL.certainty,
  smallest_face = ALL.smallest_face,
  expressions = ALL.expressions,
  show_unreadable = ALL.show_unreadable,
}) => ({ certainty, smallest_face, expressions, show_unreadable });

/**
 * @param {Wish} a
 * @param {Wish} b
 */
export const isSame = (a, b) =>
  a.certainty === b.certainty &&
  a.smallest_face === b.smallest_face &&
  a.show_unreadable === b.show_unreadable &&
  String(a.expressions) === String(b.expressions);
