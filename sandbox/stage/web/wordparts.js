/** The elements of the page of pictures and words. */

import { makeCaptionBox } from "./captionbox.js";
import { make } from "./dom.js";
import { makeDrawPad } from "./drawpad.js";
import { slotWidgets } from "./mapwidgets.js";
import { makeNeighbours } from "./neighbours.js";
import { PictureMap } from "./picturemap.js";
import { ScaleSlider } from "./scale.js";
import { makeTransport } from "./transport.js";
import { makeWordPlane } from "./wordplane.js";

const WIDGETS = ["picture_space", "seed"];
const CARDS = [makeWordPlane, makeNeighbours, makeDrawPad];

/** Build everything but the films. @param {Object} page */
export function buildWords(page) {
  const lesson = make("h1", { class: "lesson" });
  const second = make("p", { class: "second" });
  const message = make("p", { class: "message", role: "status", hidden: true });
  const caption = makeCaptionBox(page);
  const [space, seed] = slotWidgets(page, WIDGETS);
  const widgets = [space, makeSteps(page), seed];
  const row = make("div", { class: "ask-row" }, caption.element, ...widgets.map(({ element }) => element));
  const map = new PictureMap(page);
  const { element: another, update: updateAnother } = makeAnother(page);
  const panels = make("div", { class: "panels" }, another);
  const body = make("div", { class: "body" }, map.element, panels);
  const transport = makeTransport(page);
  const cards = CARDS.map((card) => card(page));
  const cardRow = make("div", { class: "cards" }, ...cards.map(({ element }) => element));
  const spoken = make("p", { class: "spoken", "aria-live": "polite" });
  page.element.append(message, lesson, second, row, body, transport.element, cardRow, spoken);
  const nothing = { element: make("div", { hidden: true }), update() {} };
  return {
    lesson, second, message, caption, widgets, map, panels, body, transport, cards, spoken, another, updateAnother,
    scale: new ScaleSlider(page), tour: nothing, drawer: nothing, take: nothing, keyList: nothing.element,
  };
}

/** How many steps the methods may take. */
function makeSteps(page) {
  const { label, help } = page.state.controls.film_steps;
  const list = make("select", { onchange: () => page.set("film_steps", Number(list.value)) });
  const element = make("label", { class: "field", title: help }, label, list);
  const update = () => {
    const now = page.state.get("film_steps");
    const stops = [...new Set([...page.payload.stops.film_steps, now])].sort((a, b) => a - b);
    list.replaceChildren(...stops.map((stop) => make("option", { value: stop, text: String(stop) })));
    list.value = String(now);
  };
  return { element, update };
}

/** Another method beside those that are shown. */
function makeAnother(page) {
  const add = () => page.setShown([...page.shown(), list.value]);
  const list = make("select", { "aria-label": "Another method", onchange: add });
  const element = make("div", { class: "another" }, list);
  const update = () => {
    const [shown, { methods }] = [page.shown(), page.payload];
    const others = Object.keys(methods).filter((name) => !shown.includes(name));
    element.hidden = shown.length >= 3 || !others.length;
    const options = others.map((name) => make("option", { value: name, text: methods[name].label }));
    list.replaceChildren(make("option", { value: "", text: "+ Compare", disabled: true }), ...options);
    list.value = "";
  };
  return { element, update };
}
