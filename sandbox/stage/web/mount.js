/** The stage in an element: whole, a row of maps, or one panel, as the payload says. */

import { BeyondPage } from "./beyond.js";
import { drawsCanvas, make } from "./dom.js";
import { MapStage } from "./mapstage.js";
import { Stage } from "./stage.js";
import { WordsPage } from "./words.js";

const PLAIN = "This browser draws no canvas";
const KINDS = { maps: [MapStage, "which maps need"], words: [WordsPage, "which pictures need"] };

/**
 * Mount the stage in an element.
 * @param {HTMLElement} element in a document or a shadow root; what is in it is replaced
 * @param {Object} payload as the package makes it, with `load(key)`, and if wanted `training`, `files`, `client`, `dark`, `text`;
 *   `chrome` is what there is of it: "whole" (the default), "maps" (with `slots`, and `roles`, `widgets`, `place`), "panel",
 *   "words", "beyond"
 * @param {(event: {type: string}) => void} [onEvent] drawn (once), state (query), train (key), open (page)
 * @returns {{update: (payload: Object) => void, destroy: () => void}}
 */
export function mount(element, payload, onEvent = () => {}) {
  if (payload.chrome === "beyond") return new BeyondPage(element, payload, onEvent);
  const [Kind, needs] = Object.hasOwn(KINDS, payload.chrome ?? "") ? KINDS[payload.chrome] : [Stage, ""];
  const plain = !drawsCanvas();
  if (needs && plain) {
    element.replaceChildren(make("p", { text: `${PLAIN}, ${needs}.` }));
    return { update() {}, destroy() {} };
  }
  const stage = new Kind(element, payload, onEvent);
  const words = `${PLAIN}: the panels are plain drawings, without maps.`;
  if (plain) stage.element.prepend(make("p", { class: "message", text: words }));
  return { update: (next) => stage.update(next), destroy: () => stage.destroy() };
}
