/** How large things are on the page of pictures and words. */

import { NUMBERED } from "./films.js";
import { layoutOf } from "./layout.js";
import { stageStyle } from "./style.js";
import { wordsStyle } from "./wordsstyle.js";

const BELOW = 3.4; // letters that the transport takes
const LOWEST = 20; // letters: the side of the map at least
const GAP = 1.2; // letters between films
const TITLED = 12.5; // letters of a film's head
const LEAST = 2.7; // letters: a picture, before columns are left out
const SMALLEST = 16; // pixels of a picture
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
  const side = Math.floor(stacked ? Math.min(width - unit, window.innerHeight * 0.7) : Math.min(room, 0.42 * width));
  element.style.setProperty("--side", `${side}px`);
  const films = parts.panels.clientWidth;
  if (stacked) panels.forEach((panel) => shareOut(page, [panel], films, Infinity));
  else shareOut(page, panels, films, side);
}

/** The films beside each other: as many columns as fit, all pictures of one size. */
function shareOut({ letter, parts }, panels, width, height) {
  const gap = GAP * letter;
  const beside = parts.another.hidden || panels.length < 2 ? 0 : parts.another.offsetWidth + gap;
  const room = width - beside - gap * (panels.length - 1);
  const columns = (most) => panels.map((panel) => Math.min(panel.states(), most));
  const needed = (picture, most) => columns(most)
    .reduce((sum, count) => sum + Math.max(count * picture + NUMBERED * letter, TITLED * letter), 0);
  let most = Math.max(...panels.map((panel) => panel.states()));
  while (most > FEWEST && needed(LEAST * letter, most) > room) most -= 1;
  let picture = Math.floor(room);
  while (picture > SMALLEST && needed(picture, most) > room) picture -= 1;
  panels.forEach((panel, i) => panel.size({ columns: columns(most)[i], picture, height }));
}
