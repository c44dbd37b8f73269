/** The stage's elements: a line of buttons, the lesson, the panels, what is asked, the legend. */

import { button, make, say } from "./dom.js";
import { makeDrawer } from "./drawer.js";
import { makeKeyList } from "./keys.js";
import { legendEntries } from "./legend.js";
import { inWords, lessonSentence, secondSentence } from "./lesson.js";
import { ScaleSlider } from "./scale.js";
import { makeTakeMenu } from "./take.js";
import { makeTour } from "./tour.js";
import { inSlowMotion, makeTransport, phaseAt } from "./transport.js";
import { conceptNames, loadWorld } from "./world.js";

const PATIENCE = 1000; // milliseconds after which it is said what is waited for
const SPOKEN = 1500; // milliseconds between two summaries for those who do not see the panels
const MANY = 6; // concepts that fit beside each other
const TITLE = "From random points of a plane that is mostly noise to points that are pictures.";

/** Build everything but the panels. @param {Object} stage */
export function buildParts(stage) {
  const title = make("h1", { text: stage.payload.text || TITLE });
  const tour = makeTour(stage);
  const settings = button("Settings", () => stage.toggleDrawer(), { "aria-expanded": "false" });
  const take = makeTakeMenu(stage);
  const lessons = button("Lessons", () => tour.open());
  lessons.hidden = !stage.payload.tour?.length;
  const keys = button("?", () => stage.toggleKeys(), { class: "spare", "aria-label": "Keys", title: "Keys (?)" });
  const present = button("Present", () => stage.set("presenting", true), { class: "spare", title: "P" });
  present.hidden = !stage.state.declares("presenting");
  const full = button("Full screen", () => stage.fullScreen(), { class: "spare", title: "F" });
  const top = make("div", { class: "top" }, title, lessons, settings, take.element, present, full, keys);
  const lesson = make("p", { class: "lesson" });
  const second = make("p", { class: "second" });
  const panels = make("div", { class: "panels" });
  const transport = makeTransport(stage);
  const scale = new ScaleSlider(stage);
  const pills = make("div", { class: "pills", role: "group", "aria-label": "Concept: what is asked for" });
  const legend = make("div", { class: "legend" });
  const drawer = makeDrawer(stage);
  const keyList = makeKeyList(stage);
  const spoken = make("p", { class: "spoken", "aria-live": "polite" });
  const message = make("p", { class: "message", role: "status", hidden: true });
  const row = make("div", { class: "ask-row" }, pills, scale.element);
  stage.element.append(
    top, tour.element, message, lesson, second, panels, transport.element, row, legend, drawer.element, keyList, spoken,
  );
  const boxes = { title, settings, take, lesson, second, panels, pills, legend, keyList, spoken, message };
  return { ...boxes, tour, transport, scale, drawer };
}

/** Bring the controls up to date with the state. @param {Object} stage */
export function updateControls(stage) {
  const { element, parts, scale, state } = stage;
  updatePills(stage);
  scale.update();
  parts.tour.update();
  if (!parts.drawer.element.hidden) parts.drawer.update();
  const [presenting, controls] = [state.get("presenting"), state.get("controls") ?? true];
  element.classList.toggle("bare", Boolean(presenting) || !controls);
  element.classList.toggle("nothing", !controls);
}

/** Bring the concepts up to date. @param {Object} stage */
export function updatePills(stage) {
  const { pills } = stage.parts;
  const names = stage.world ? conceptNames(stage.world, stage.payload.spaces?.[stage.state.get("space")]?.concepts) : [];
  if (pills.dataset.names !== JSON.stringify(names)) {
    pills.dataset.names = JSON.stringify(names);
    pills.replaceChildren(...(names.length > MANY ? [conceptList(stage, names)] : conceptButtons(stage, names)));
  }
  const list = pills.querySelector("select");
  if (list) list.value = stage.state.get("concept");
  for (const pill of pills.querySelectorAll("button")) {
    pill.setAttribute("aria-pressed", String(pill.dataset.name === stage.state.get("concept")));
  }
}

const asWord = (name) => (name === "none" ? "nothing" : name);

function conceptButtons(stage, names) {
  const buttons = names.map((name) => button(asWord(name), () => stage.set("concept", name), { "data-name": name }));
  return [make("span", { text: "Ask for" }), ...buttons];
}

function conceptList(stage, names) {
  const list = make("select", { onchange: () => stage.set("concept", list.value) });
  list.append(...names.map((name) => make("option", { value: name, text: asWord(name) })));
  return make("label", {}, "Ask for ", list);
}

/** Bring the legend up to date. @param {Object} stage */
export function updateLegend(stage) {
  if (!stage.world) return;
  const entries = legendEntries(stage);
  const key = entries.map((entry) => entry.outerHTML).join("");
  if (stage.parts.legendKey === key) return;
  stage.parts.legendKey = key;
  stage.parts.legend.replaceChildren(...entries);
}

/** Say a sentence above the panels, or take it away. @param {Object} stage @param {string} words */
export function showMessage(stage, words) {
  stage.parts.message.hidden = !words;
  say(stage.parts.message, words);
}

/** The world of a key; where it is long in coming that is said. @param {Object} stage */
export async function worldInTime(stage, key) {
  const { title = "The space" } = stage.payload.spaces?.[stage.state.get("space")] ?? {};
  const telling = setTimeout(() => showMessage(stage, `${title}: on its way.`), PATIENCE);
  const world = await loadWorld(stage.load, key);
  clearTimeout(telling);
  showMessage(stage, "");
  return world;
}

/** Bring the sentences up to date. @param {Object} stage */
export function updateSentences(stage) {
  const told = stage.panels.map((panel) => panel.told());
  const sentence = lessonSentence(told, stage.where());
  stage.element.classList.toggle("busy", !sentence);
  if (!sentence) return;
  const { lesson, second } = stage.parts;
  if (lesson.textContent !== sentence) lesson.textContent = sentence;
  const slow = inSlowMotion(stage);
  second.classList.toggle("phase", slow);
  const more = slow ? phaseAt(stage, Infinity).words : secondSentence(
    told, stage.scale.whole ? stage.scale.points : [], stage.state.get("desc_scale"),
  );
  if (second.textContent !== more) second.textContent = more;
  const words = inWords(told, stage.state.get("concept"), stage.where());
  if (words === stage.said || stage.speaking) return;
  stage.said = words;
  stage.speaking = setTimeout(() => {
    stage.speaking = 0;
    if (!stage.gone) stage.parts.spoken.textContent = stage.said;
  }, SPOKEN);
}
