/** How large things are on an element of some size. */

import { stageStyle } from "./style.js";

const DOCKED = 60; // letters: wider elements have room for the settings beside the panels
const LOWEST = 560; // pixels: the height where neither the element nor the window says one
const NARROW = 640; // pixels: panels are below one another
const SLIMMEST = 17; // letters: the width of a panel
const CAPTION = 7.2; // letters: what title, figures and pictures take below a plane
const SIDE = 11.6; // letters: what they take beside one
const ROOMY = 26; // letters: the width of a lone panel from which they stand beside it

/** Fit letters and panels to the size that there is. @param {Object} stage */
export function layOut(stage) {
  const { element, host, parts, panels, camera } = stage;
  const part = stage.isPart();
  const [width, height] = [host.clientWidth, Math.max(part ? window.innerHeight : roomOf(stage), LOWEST)];
  const large = Boolean(stage.state.get("presenting"));
  const { chrome } = stage.payload;
  const { unit, stacked } = layoutOf(chrome === "panel" ? window.innerWidth : width, height, large);
  const style = stageStyle(stage.ink());
  if (stage.sheet.textContent !== style) stage.sheet.textContent = style;
  element.style.fontSize = `${unit}px`;
  element.style.height = stacked || part ? "auto" : `${height}px`;
  const columns = panelColumns(width / unit, panels.length);
  element.style.setProperty("--panels", String(columns));
  const drawn = !parts.drawer.element.hidden && width > DOCKED * unit;
  const [many, zoomed] = [panels.length > 2, camera.zoom > 1];
  for (const [name, on] of Object.entries({ stacked, many, presenting: large, drawn, zoomed })) {
    element.classList.toggle(name, on);
  }
  stage.letter = unit;
  const { clientWidth, clientHeight } = parts.panels;
  const each = [clientWidth / columns, clientHeight / Math.ceil(panels.length / columns)];
  element.classList.toggle("beside", standsBeside(chrome, stacked, each, unit));
  const pictured = panels.filter((panel) => panel.pictures);
  const sizes = pictured.map((panel) => panel.pictureSize()); // all are read before any is written: each turn lays the page out
  pictured.forEach((panel, i) => panel.pictures.style.setProperty("--thumb", `${sizes[i]}px`));
}

/**
 * The layout of an element.
 * @param {number} width pixels @param {number} height pixels
 * @param {boolean} [large] for the last row of a lecture hall
 * @returns {{unit: number, stacked: boolean}} unit: pixels of a letter
 */
export function layoutOf(width, height, large = false) {
  const stacked = width < NARROW;
  const plain = Math.min(Math.max(Math.min(width / 82, height / 46), 13), 28);
  return { unit: Math.round(10 * (stacked ? 15 : plain) * (large ? 1.3 : 1)) / 10, stacked };
}

/**
 * Pixels from top to bottom: all of a full screen, what the host gives its element, or what is left of the window.
 * @param {Object} stage
 */
function roomOf(stage) {
  const { element, host } = stage;
  if (element.getRootNode().fullscreenElement === element) return window.innerHeight;
  if (host.style.height) return host.clientHeight;
  stage.above ??= Math.max(host.getBoundingClientRect().top + window.scrollY, 0);
  return window.innerHeight - stage.above;
}

/** How many panels stand beside each other, on a width in letters. */
function panelColumns(width, panels) {
  return panels > 2 && width / panels < SLIMMEST ? Math.ceil(panels / 2) : Math.max(panels, 1);
}

/** Whether title, figures and pictures stand beside a panel's plane: where that leaves it larger than below it. */
function standsBeside(chrome, stacked, [width, height], unit) {
  if (chrome === "panel") return width > ROOMY * unit;
  if (chrome === "maps" || stacked) return false;
  const wide = width - unit;
  return Math.min(wide - SIDE * unit, height) > Math.min(wide, height - CAPTION * unit);
}
