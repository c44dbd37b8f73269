/** How large things are on an element of some size. */

const NARROW = 640; // pixels: panels are below one another
const SLIMMEST = 17; // letters: the width of a panel
const CAPTION = 7.2; // letters: what title, figures and pictures take below a plane
const SIDE = 11.6; // letters: what they take beside one
const ROOMY = 26; // letters: the width of a lone panel from which they stand beside it

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

/**
 * Pixels from top to bottom: all of a full screen, what the host gives its element, or what is left of the window.
 * @param {Object} stage
 */
export function roomOf(stage) {
  const { element, host } = stage;
  if (element.getRootNode().fullscreenElement === element) return window.innerHeight;
  if (host.style.height) return host.clientHeight;
  stage.above ??= Math.max(host.getBoundingClientRect().top + window.scrollY, 0);
  return window.innerHeight - stage.above;
}

/** How many panels stand beside each other, on a width in letters. */
export function panelColumns(width, panels) {
  return panels > 2 && width / panels < SLIMMEST ? Math.ceil(panels / 2) : Math.max(panels, 1);
}

/** Whether title, figures and pictures stand beside a panel's plane: where that leaves it larger than below it. */
export function standsBeside(chrome, stacked, [width, height], unit) {
  if (chrome === "panel") return width > ROOMY * unit;
  if (chrome === "maps" || stacked) return false;
  const wide = width - unit;
  return Math.min(wide - SIDE * unit, height) > Math.min(wide, height - CAPTION * unit);
}
