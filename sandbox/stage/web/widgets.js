/** The widget of a control, by what its declaration says. */

import { button, make, say } from "./dom.js";
import { fitValue, readValue, writeValue } from "./state.js";

const WIDE_RANGE = 1000; // a range that a slider cannot be set finely in
const FINE_STEPS = 100; // of a slider over fractions
let widgetNumber = 0;

/**
 * A labelled widget.
 * @param {Object} stage
 * @param {string} name of the control
 * @param {{choices?: string[], words?: (choice: string) => string, stops?: () => number[], label?: string}} [look]
 * @returns {{element: HTMLElement, update: () => void}}
 */
export function makeWidget(stage, name, look = {}) {
  const control = stage.state.controls[name];
  const shown = { ...control, choices: look.choices ?? control.choices ?? [] };
  const label = look.label || control.label || name;
  const build = { bool: toggleWidget, tuple: manyWidget, str: listWidget }[control.kind] ?? numberWidget;
  const made = build(stage, name, shown, label, look);
  if (control.help) made.element.append(helpOf(label, control.help));
  return made;
}

/** A sentence that opens at a button, so that touch and keyboard reach it too. */
function helpOf(label, words) {
  const note = make("p", { class: "help", hidden: true, text: words });
  const open = button("?", () => {
    note.hidden = !note.hidden;
    open.setAttribute("aria-expanded", String(!note.hidden));
  }, { class: "ask", "aria-label": `What is ${label}?`, "aria-expanded": "false", title: words });
  const box = make("div", { class: "explain" }, open, note);
  return box;
}

function labelled(label, input, ...more) {
  input.id ||= `stage-field-${(widgetNumber += 1)}`;
  return make("div", { class: "field" }, make("label", { for: input.id, text: label }), input, ...more);
}

function toggleWidget(stage, name, control, label) {
  const input = make("input", { type: "checkbox", onchange: () => stage.set(name, input.checked) });
  const update = () => {
    input.checked = stage.state.get(name);
  };
  const element = labelled(label, input);
  element.classList.add("check");
  return { element, update };
}

function manyWidget(stage, name, control, label, look) {
  const boxes = control.choices.map((choice) => {
    const input = make("input", { type: "checkbox", onchange: () => set(choice, input.checked) });
    return { choice, input, element: make("label", {}, input, look.words?.(choice) ?? choice) };
  });
  const set = (choice, on) => stage.set(
    name, [...stage.state.get(name).filter((one) => one !== choice), ...(on ? [choice] : [])],
  );
  const element = make("fieldset", {}, make("legend", { text: label }), ...boxes.map((box) => box.element));
  const update = () => boxes.forEach(({ choice, input, element: box }) => {
    input.checked = stage.state.get(name).includes(choice);
    box.hidden = look.offered ? !look.offered(choice) : false;
  });
  return { element, update };
}

function listWidget(stage, name, control, label, look) {
  const list = make("select", { onchange: () => stage.set(name, list.value) });
  const update = () => {
    const now = stage.state.get(name);
    const choices = [...new Set([...(look.offer?.() ?? control.choices), now])];
    if (list.dataset.choices !== JSON.stringify(choices)) {
      list.dataset.choices = JSON.stringify(choices);
      list.replaceChildren(
        ...choices.map((choice) => make("option", { value: choice, text: look.words?.(choice) ?? choice })),
      );
    }
    list.value = now;
  };
  return { element: labelled(label, list), update };
}

function numberWidget(stage, name, control, label, look) {
  const [low, high] = [control.low ?? -Infinity, control.high ?? Infinity];
  const typed = make(
    "input", { type: "text", inputmode: "decimal", class: "number", onchange: () => take(typed.value) },
  );
  const note = make("p", { class: "refused", role: "alert", hidden: true });
  const take = (text) => {
    const said = text.replace(",", ".");
    const value = readValue(control, said);
    const taken = value === undefined ? "" : ` ${writeValue(control, value)} is taken.`;
    note.hidden = value !== undefined && value === Number(said);
    say(note, note.hidden ? "" : `That is no ${control.kind === "int" ? "whole " : ""}number${rangeWords(low, high)}.${taken}`);
    if (value !== undefined) stage.set(name, value);
    update();
  };
  const wide = !(high - low <= WIDE_RANGE);
  const stops = () => {
    const known = look.stops?.() ?? [];
    return known.length > 1 ? [...new Set([...known, stage.state.get(name)])].sort((a, b) => a - b) : [];
  };
  const slider = make("input", {
    type: "range",
    "aria-label": label,
    oninput: () => {
      const known = stops();
      stage.set(name, known.length ? known[Number(slider.value)] : fitValue(control, Number(slider.value)));
    },
    onpointerdown: () => stage.take(name),
    onpointerup: () => stage.release(),
    onpointercancel: () => stage.release(),
  });
  const update = () => {
    const [value, known] = [stage.state.get(name), stops()];
    slider.hidden = wide && !known.length;
    const step = control.kind === "int" ? 1 : 10 ** Math.floor(Math.log10((high - low) / FINE_STEPS));
    Object.assign(slider, known.length ? { min: 0, max: known.length - 1, step: 1 } : { min: low, max: high, step });
    slider.value = String(known.length ? known.indexOf(value) : value);
    slider.setAttribute("aria-valuetext", writeValue(control, value));
    if (typed !== typed.getRootNode().activeElement) typed.value = writeValue(control, value);
  };
  return { element: labelled(label, typed, slider, note), update };
}

function rangeWords(low, high) {
  const below = Number.isFinite(low) ? ` from ${low}` : "";
  return `${below}${Number.isFinite(high) ? ` to ${high}` : ""}`;
}
