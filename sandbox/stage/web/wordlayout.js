/** How large things are on the page of pictures and words. */

import { NUMBERED } from "./films.js";
import { layoutOf } from "./layout.js";
import { stageStyle } from "./style.js";
import { wordsStyle } from "./wordsstyle.js";

const BELOW = 3.4; // letters that the transport takes
const LOWEST = 20; // letters: the side of the map at least
const MAP = 0.345; // of the width
const GAP = 1.2; // letters between films
const [TITLED, ANOTHER] = [14.5, 9.2]; // letters of a film's head, and of what offers another film
const LEAST = 2.7; // letters: a picture, before columns are left out
const SMALLEST = 16; // pixels of a picture
const TALL = 32; // letters: a film below the map
const FEWEST = 3; // columns of the longest film

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
  const side = Math.floor(stacked ? Math.min(width - unit, window.innerHeight * 0.7) : Math.min(room, MAP * width));
  element.style.setProperty("--side", `${side}px`);
  const films = parts.panels.clientWidth;
  if (stacked) panels.forEach((panel) => shareOut(page, [panel], films, TALL * unit));
  else shareOut(page, panels, films, side);
}

/** The films beside each other: as many columns as fit, all pictures of one size. */
function shareOut({ letter, parts }, panels, width, height) {
  const room = width - GAP * letter * (panels.length - 1);
  const heads = panels.map((_, i) => (TITLED + (i === panels.length - 1 && !parts.another.hidden ? ANOTHER : 0)) * letter);
  const columns = (most) => panels.map((panel) => Math.min(panel.states(), most));
  const widths = (picture, most) => columns(most).map((count, i) => Math.max(count * picture + NUMBERED * letter, heads[i]));
  const fits = (picture, most) => widths(picture, most).reduce((sum, wide) => sum + wide, 0) <= room;
  let most = Math.max(...panels.map((panel) => panel.states()));
  while (most > FEWEST && !fits(LEAST * letter, most)) most -= 1;
  let picture = Math.floor(Math.min(room, height));
  while (picture > SMALLEST && !fits(picture, most)) picture -= 1;
  const wide = widths(picture, most);
  panels.forEach((panel, i) => panel.size({ columns: columns(most)[i], picture, height, width: Math.min(wide[i], width) }));
}
