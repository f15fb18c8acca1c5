// What stands for the faces of a video: one element for each, in the order of their numbers.

/**
 * @template {{ node: HTMLElement }} Row
 * @param {HTMLElement} list
 * @param {(number: number) => Row} create
 */
export function createRows(list, create) {
  /** @type {Map<number, Row>} */
  const rows = new Map();
  return {
    get size() {
      return rows.size;
    },

    /** @param {number} number */
    get: (number) => rows.get(number),

    /**
     * The row of a face, made where there is none yet.
     *
     * @param {number} number
     */
    of(number) {
      const row = rows.get(number) ?? create(number);
      if (!rows.has(number)) {
        const later = [...rows.keys()].filter((other) => other > number);
        list.insertBefore(row.node, rows.get(Math.min(...later))?.node ?? null);
        rows.set(number, row);
      }
      return row;
    },

    /** @param {number[]} numbers Of the faces that are there; the rows of others go. */
    keep(numbers) {
      for (const [number, { node }] of rows) {
        if (numbers.includes(number)) continue;
        node.remove();
        rows.delete(number);
      }
    },
  };
}
