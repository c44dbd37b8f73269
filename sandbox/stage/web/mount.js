/** The stage in an element: whole, a row of maps, or one panel, as the payload says. */

import { BeyondPage } from "./beyond.js";
import { drawsCanvas, make } from "./dom.js";
import { MapStage } from "./mapstage.js";
import { Stage } from "./stage.js";

const PLAIN = "This browser draws no canvas";

/**
 * Mount the stage in an element.
 * @param {HTMLElement} element in a document or a shadow root; what is in it is replaced
 * @param {Object} payload as the package makes it, with `load(key)`, and if wanted `training`, `files`, `client`, `dark`, `text`;
 *   `chrome` is what there is of it: "whole" (the default), "maps" (with `slots`, and `roles`, `widgets`, `place`), "panel",
 *   "beyond"
 * @param {(event: {type: string}) => void} [onEvent] drawn (once), state (query), train (key), open (page)
 * @returns {{update: (payload: Object) => void, destroy: () => void}}
 */
export function mount(element, payload, onEvent = () => {}) {
  if (payload.chrome === "beyond") return new BeyondPage(element, payload, onEvent);
  const [maps, plain] = [payload.chrome === "maps", !drawsCanvas()];
  if (maps && plain) {
    element.replaceChildren(make("p", { text: `${PLAIN}, which maps need.` }));
    return { update() {}, destroy() {} };
  }
  const stage = new (maps ? MapStage : Stage)(element, payload, onEvent);
  const words = `${PLAIN}: the panels are plain drawings, without maps.`;
  if (plain) stage.element.prepend(make("p", { class: "message", text: words }));
  return { update: (next) => stage.update(next), destroy: () => stage.destroy() };
}
