/** How large things are on an element of some size. */

const NARROW = 640; // pixels: panels are below one another
const CAPTION = 7.2; // letters: what title, figures and pictures take below a plane
const SIDE = 11; // letters: what they take beside one
const AROUND = 19; // letters: what is above and below the panels

/**
 * The layout of an element.
 * @param {number} width pixels @param {number} height pixels
 * @param {number} panels
 * @param {boolean} large for the last row of a lecture hall
 * @returns {{unit: number, stacked: boolean, beside: boolean, side: number}} unit: pixels of a letter
 */
export function layoutOf(width, height, panels, large) {
  const stacked = width < NARROW;
  const plain = Math.min(Math.max(Math.min(width / 82, height / 46), 13), 28);
  const unit = Math.round(10 * (stacked ? 15 : plain) * (large ? 1.3 : 1)) / 10;
  const [wide, high] = [width / panels - unit, height - (large ? 9 : AROUND) * unit];
  const below = Math.min(wide, high - CAPTION * unit);
  const beside = Math.min(wide - SIDE * unit, high);
  return { unit, stacked, beside: !stacked && beside > below, side: SIDE };
}
