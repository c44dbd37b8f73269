/**
 * Small helpers to build elements. Whatever comes from a payload is set as text or as an attribute, never as markup.
 */

const SVG_SPACE = "http://www.w3.org/2000/svg";

/**
 * An element with properties, attributes and children.
 *
 * Names with a capital or `on...` are set as properties, all others as attributes; null and false leave one away.
 * @param {string} tag
 * @param {Object<string, any>} [given]
 * @param {...(Node|string|null)} children
 * @returns {HTMLElement}
 */
export function make(tag, given = {}, ...children) {
  return withChildren(document.createElement(tag), given, children);
}

/** The same in SVG. @returns {SVGElement} */
export function makeSvg(tag, given = {}, ...children) {
  return withChildren(document.createElementNS(SVG_SPACE, tag), given, children);
}

function withChildren(element, given, children) {
  for (const [name, value] of Object.entries(given)) {
    if (name === "text") element.textContent = value;
    else if (name === "style") element.style.cssText = value;
    else if (/^on[a-z]+$/.test(name)) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") element[name] = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button with a text, its name for those who do not see it, and what it does. @returns {HTMLButtonElement} */
export function button(text, onclick, given = {}) {
  return make("button", { type: "button", text, onclick, ...given });
}

/** Whether the browser draws on a canvas. */
export function drawsCanvas() {
  return Boolean(document.createElement("canvas").getContext?.("2d"));
}

/** Set a text only where it differs, so that nothing is laid out or spoken again for nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether an element makes use of a key itself: a box of most, a slider of arrows, a button of the space bar. */
export function takesKey(target, key) {
  if (!(target instanceof Element)) return false;
  if (target.matches("input[type=range]")) return key.startsWith("Arrow");
  if (target.matches("input[type=checkbox], button, summary, a")) return key === " ";
  return target.matches("input, select, textarea, [contenteditable]");
}

/** A value from the browser's memory, or null where it keeps none. */
export function recalled(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a sandboxed frame has no memory
  }
}

/** Keep a value in the browser's memory where it can. */
export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // the same frame: it is asked again next time
  }
}
