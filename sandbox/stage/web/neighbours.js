/** The index's answers as pictures with their captions. */

import { make } from "./dom.js";

/** @param {Object} page @returns {{element: HTMLElement, update: () => void}} */
export function makeNeighbours(page) {
  const element = make("section", { class: "card" }, make("h2", { text: "The index's answers" }));
  return { element, update: () => void page };
}
