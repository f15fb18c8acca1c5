// Copying: browsers give the clipboard itself only to pages that come by https, or from localhost.

/**
 * Copies the text of a node. Where the browser allows no page to do that, the text is left marked,
 * so that a key press copies it.
 *
 * @param {Node} node
 * @returns {Promise<boolean>} Whether it was copied.
 */
export async function copyText(node) {
  try {
    await navigator.clipboard.writeText(node.textContent ?? "");
    return true;
  } catch {
    return copyMarked(node); // there is no clipboard on plain http, or it is not for this page
  }
}

/** @param {Node} node */
function copyMarked(node) {
  const marked = getSelection();
  marked?.selectAllChildren(node);
  const copied = document.execCommand("copy");
  if (copied) marked?.removeAllRanges();
  return copied;
}
