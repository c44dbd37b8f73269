/** How large things are on the page of pictures and words. */

import { layoutOf } from "./layout.js";
import { stageStyle } from "./style.js";
import { wordsStyle } from "./wordsstyle.js";

const BELOW = 3.4; // letters that the transport takes
const LOWEST = 20; // letters: the side of the map at least

/** Fit letters, map and films to the size that there is. @param {Object} page */
export function layOutWords(page) {
  const { element, host, parts, panels } = page;
  const width = host.clientWidth;
  const { unit, stacked } = layoutOf(width, window.innerHeight);
  const ink = page.ink();
  const style = stageStyle(ink) + wordsStyle(ink);
  if (page.sheet.textContent !== style) page.sheet.textContent = style;
  element.style.fontSize = `${unit}px`;
  element.classList.toggle("stacked", stacked);
  page.letter = unit;
  page.above ??= Math.max(host.getBoundingClientRect().top + window.scrollY, 0); // before anything is scrolled
  const above = page.above + parts.body.getBoundingClientRect().top - element.getBoundingClientRect().top;
  const room = Math.max(window.innerHeight - above - BELOW * unit, LOWEST * unit);
  const side = Math.floor(stacked ? Math.min(width - unit, window.innerHeight * 0.7) : Math.min(room, 0.42 * width));
  element.style.setProperty("--side", `${side}px`);
  const films = parts.panels.clientWidth;
  if (stacked) panels.forEach((panel) => shareOut(page, [panel], films, Infinity));
  else shareOut(page, panels, films, side);
}

/** The films beside each other: as many columns as fit, all pictures of one size. */
function shareOut({ letter }, panels, width, height) {
  const gaps = panels.length * 2.4 * letter;
  const least = 2.7 * letter;
  let most = 33;
  const columns = () => panels.map((panel) => Math.min(panel.states(), most));
  const total = () => columns().reduce((sum, count) => sum + count, 0);
  while (most > 3 && total() * least > width - gaps) most -= 1;
  const picture = Math.floor(Math.max((width - gaps) / total(), 16));
  panels.forEach((panel, i) => panel.size({ columns: columns()[i], picture, height }));
}
