// How a table is written: spreadsheets open it in columns only as their country is used to.

/** @typedef {"comma" | "semicolon"} Table */

/**
 * Semicolons where numbers have a decimal comma.
 *
 * @param {string} language Such as `de-AT`.
 * @returns {Table}
 */
export function usualTable(language) {
  const parts = new Intl.NumberFormat(language).formatToParts(0.5);
  return parts.some(({ type, value }) => type === "decimal" && value === ",")
    ? "semicolon"
    : "comma";
}

/**
 * What the visitor chose under Settings, for both tabs, else what is usual.
 *
 * @returns {Table}
 */
export function chosenTable() {
  const { table } = document.documentElement.dataset;
  return table === "comma" || table === "semicolon" ? table : usualTable(navigator.language);
}

/** @param {Table} table */
export function chooseTable(table) {
  document.documentElement.dataset.table = table;
}

/**
 * @param {string} csv With commas between, and with points in numbers only.
 * @param {Table} table
 */
export const writtenWith = (csv, table) =>
  table === "comma" ? csv : csv.replaceAll(",", ";").replaceAll(".", ",");

/**
 * A table as a text. A text in it that spreadsheets would take for a formula, such as the name of a
 * file that begins with `=`, gets an apostrophe before it.
 *
 * @param {readonly (readonly (string | number | null)[])[]} rows
 * @param {Table} table
 */
export function writeTable(rows, table) {
  const comma = table === "comma";
  /** @param {string | number | null} cell */
  const write = (cell) => {
    if (typeof cell === "number") return comma ? String(cell) : String(cell).replace(".", ",");
    const text = (cell ?? "").replace(/^[=+\-@\t\r]/, "'$&");
    return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(write).join(comma ? "," : ";")}\n`).join("");
}
