/** How large things are on an element of some size. */

const NARROW = 640; // pixels: panels are below one another
const CAPTION = 7.2; // letters: what title, figures and pictures take below a plane
const SIDE = 11.6; // letters: what they take beside one

/**
 * The layout of an element.
 * @param {number} width pixels @param {number} height pixels
 * @param {boolean} large for the last row of a lecture hall
 * @returns {{unit: number, stacked: boolean}} unit: pixels of a letter
 */
export function layoutOf(width, height, large) {
  const stacked = width < NARROW;
  const plain = Math.min(Math.max(Math.min(width / 82, height / 46), 13), 28);
  return { unit: Math.round(10 * (stacked ? 15 : plain) * (large ? 1.3 : 1)) / 10, stacked };
}

/** Whether title, figures and pictures stand beside their plane: where that leaves it larger than below it. */
export function standsBeside(width, height, panels, unit) {
  const each = width / Math.max(panels, 1) - unit;
  return Math.min(each - SIDE * unit, height) > Math.min(each, height - CAPTION * unit);
}
