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
