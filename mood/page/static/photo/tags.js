// Which label goes where, so that none lies on another or leaves the picture.

/** @typedef {Pick<DOMRect, "left" | "top" | "right" | "bottom">} Rectangle */

/**
 * How a label is shown: without its words, on the other side of its face, not until pointed at.
 *
 * @typedef {{ tight: boolean, turned: boolean, mute: boolean }} Manner
 */

/**
 * @typedef {object} Label
 * @property {Rectangle} face
 * @property {boolean} chosen
 * @property {(manner: Manner) => Rectangle} measure Where the label lies if it is shown so.
 */

/**
 * Words where there is room for them, beginning with the chosen face and the large ones; a label
 * that would still lie on another or outside turns to the other side of its face, or goes mute.
 *
 * @param {Label[]} labels
 * @param {Rectangle} picture
 * @returns {Manner[]} In the order of the labels.
 */
export function placeLabels(labels, picture) {
  const manners = labels.map(() => ({ tight: false, turned: false, mute: false }));
  /** @type {Rectangle[]} */
  const taken = [];
  const onLabel = (/** @type {Rectangle} */ room) => taken.some((other) => touch(room, other));
  const astray = (/** @type {Rectangle} */ room) =>
    onLabel(room) || room.top < picture.top || room.bottom > picture.bottom;

  for (const at of [...labels.keys()].sort((a, b) => weight(labels[b]) - weight(labels[a]))) {
    const label = labels[at];
    const manner = manners[at];
    const onFace = (/** @type {Rectangle} */ room) =>
      labels.some((other) => other !== label && touch(room, other.face));
    const full = label.measure(manner);
    manner.tight = !label.chosen && (onLabel(full) || onFace(full));
    manner.turned =
      astray(label.measure(manner)) && !astray(label.measure({ ...manner, turned: true }));
    const room = label.measure(manner);
    manner.mute = !label.chosen && astray(room);
    if (!manner.mute) taken.push(room);
  }
  return manners;
}

/** @param {Label} label */
const weight = ({ face, chosen }) => (chosen ? Infinity : face.bottom - face.top);

/**
 * @param {Rectangle} a
 * @param {Rectangle} b
 */
const touch = (a, b) =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
