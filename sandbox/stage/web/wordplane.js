/** The plane of descriptions: where the captions stand, and the description in the hand. */

import { make } from "./dom.js";

/** @param {Object} page @returns {{element: HTMLElement, update: () => void}} */
export function makeWordPlane(page) {
  const element = make("section", { class: "card" }, make("h2", { text: "Descriptions" }));
  return { element, update: () => void page };
}
