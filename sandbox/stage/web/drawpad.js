/** A picture that is drawn by hand: encoded, on the plane, with its nearest pairs. */

import { make } from "./dom.js";

/** @param {Object} page @returns {{element: HTMLElement, update: () => void}} */
export function makeDrawPad(page) {
  const element = make("section", { class: "card" }, make("h2", { text: "Draw a digit" }));
  return { element, update: () => void page };
}
