// The record of a session as it is saved: letter by letter what mood/video/timeline.py would write.

/** @import { Expression } from "../shared/types.d.ts" */
/** @import { Sums } from "./summaries.js" */
/** @import { Point } from "./points.js" */
/** @import { Timeline } from "./timeline.js" */

import { cut } from "../shared/settled.js";
import { rounded, written } from "./numbers.js";

const COLUMNS = [
  ...["time_s", "face", "left", "top", "right", "bottom"],
  ...["verdict", "reason", "expression"],
];

/**
 * A table with a header and a row for each point; of what is unreadable there are no probabilities.
 *
 * @param {Timeline} timeline
 * @param {readonly Expression[]} names
 */
export function toCsv(timeline, names) {
  const rows = timeline
    .shown()
    .map((point) => [
      timeOf(point),
      point.face,
      ...boxOf(point),
      point.verdict,
      point.reason ?? "",
      nameOf(point, names) ?? "",
      ...sharesOf(point).map((share) => (point.reason ? "" : share)),
    ]);
  return [[...COLUMNS, ...names], ...rows].map((row) => `${row.join(",")}\n`).join("");
}

/**
 * The record and the summary.
 *
 * @param {Timeline} timeline
 * @param {readonly Expression[]} names
 */
export function toJson(timeline, names) {
  const points = timeline.shown().map((point) => {
    const shares = sharesOf(point);
    return object({
      time_s: timeOf(point),
      face: String(point.face),
      bbox_xyxy: list(boxOf(point)),
      verdict: JSON.stringify(point.verdict),
      reason: JSON.stringify(point.reason),
      expression: JSON.stringify(nameOf(point, names)),
      probabilities: object(Object.fromEntries(names.map((name, at) => [name, shares[at]]))),
    });
  });
  const faces = [...timeline.faces()].map(
    ([number, sums]) => `"${number}": ${summaryOf(sums, names)}`,
  );
  return object({
    summary: summaryOf(timeline.total, names),
    faces: `{${faces.join(", ")}}`, // an object would put them into the order of their numbers
    points: list(points),
  });
}

/**
 * @param {Sums} sums
 * @param {readonly Expression[]} names
 */
function summaryOf(sums, names) {
  const { watched_s, shares, uncertain, changes } = sums.summary(names);
  return object({
    watched_s: sums.watched ? written(watched_s) : "0",
    shares: object(
      Object.fromEntries(
        names.map((name) => [name, written(/** @type {number} */ (shares[name]))]),
      ),
    ),
    uncertain: written(uncertain),
    changes: String(changes),
  });
}

/** @param {Point} point */
const timeOf = ({ time }) => written(rounded(time, 3));

/** @param {Point} point */
const boxOf = ({ box }) => box.map((value) => written(rounded(value, 1)));

/** @param {Point} point */
const sharesOf = ({ probabilities }) => [...probabilities].map((share) => written(cut(share)));

/**
 * @param {Point} point
 * @param {readonly Expression[]} names
 */
const nameOf = ({ expression }, names) => (expression === null ? null : names[expression]);

/** @param {string[]} items */
const list = (items) => `[${items.join(", ")}]`;

/** @param {Record<string, string>} values Each as JSON. */
const object = (values) =>
  `{${Object.entries(values)
    .map(([key, value]) => `"${key}": ${value}`)
    .join(", ")}}`;
