/**
 * The state: one value for each control that the payload declares, read from a link (clamped) and written to one.
 *
 * What the payload does not declare but the view needs to keep (the clock, the speed) has a default here and stays out
 * of
 * links until it is declared.
 */

/**
 * @typedef {{kind: string, default: any, low: ?number, high: ?number, choices: ?string[], label: string, help: string}}
 * Control
 */

const UNDECLARED = { clock: "evaluation", speed: 1, slow: false };
const SLOTS = [["left", "steps"], ["right", "right_steps"], ["third", "third_steps"], ["fourth", "fourth_steps"]];
const LONGEST = 200; // letters of a text that is not one of some choices

/**
 * The value that a text says, clamped, or undefined where it says none.
 * @param {Control} control
 * @param {string} text
 */
export function readValue(control, text) {
  const said = String(text).trim();
  if (control.kind === "str") return fitValue(control, said);
  if (control.kind === "tuple") return fitValue(control, said ? said.split(",").map((part) => part.trim()) : []);
  if (control.kind === "bool") return said === "1" ? true : said === "0" ? false : undefined;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(said)) return undefined;
  return fitValue(control, Number(said));
}

/** A value as the control may have it, clamped, or undefined where it is not allowed. @param {Control} control */
export function fitValue(control, value) {
  if (control.kind === "bool") return typeof value === "boolean" ? value : undefined;
  if (control.kind === "tuple") {
    const known = Array.isArray(value) && value.every((one) => control.choices.includes(one));
    return known ? control.choices.filter((one) => value.includes(one)) : undefined;
  }
  if (control.kind === "str") {
    const open = !control.choices?.length || value === control.default;
    return typeof value === "string" && (open || control.choices.includes(value)) ? value.slice(0, LONGEST) : undefined;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  const near = Math.min(Math.max(value, control.low ?? -Infinity), control.high ?? Infinity);
  return control.kind === "int" ? (Number.isInteger(value) ? near : undefined) : near;
}

/** The text that `readValue` makes the value of. @param {Control} control */
export function writeValue(control, value) {
  if (control.kind === "tuple") return value.join(",");
  if (control.kind === "bool") return value ? "1" : "0";
  return typeof value === "number" ? String(Number(value.toPrecision(12))) : value;
}

/** All values, by name. */
export class StageState {
  /**
   * @param {Object<string, Control>} controls
   * @param {Object<string, string>} query
   * @param {Object<string, string>} [roles] controls that stand for others on this page, by the names of the others
   */
  constructor(controls, query, roles = {}) {
    [this.controls, this.roles] = [controls, roles];
    this.replace(query);
  }

  /** Take the values of a link in place of all there are. @param {Object<string, string>} query */
  replace(query) {
    this.values = { ...UNDECLARED };
    for (const [name, control] of Object.entries(this.controls)) {
      const said = Object.hasOwn(query, name) ? readValue(control, query[name]) : undefined;
      this.values[name] = said ?? control.default;
    }
  }

  /** What a control says; undefined where there is no such control. */
  get(name) {
    const own = this.roles[name] ?? name;
    return Object.hasOwn(this.values, own) ? this.values[own] : undefined;
  }

  /** Whether a link can say it. */
  declares(name) {
    return Object.hasOwn(this.controls, this.roles[name] ?? name);
  }

  /** Set a value if it is allowed, clamped; whether anything changed. @returns {boolean} */
  set(name, value) {
    const own = this.roles[name] ?? name;
    const fitted = this.declares(own) ? fitValue(this.controls[own], value) : value;
    if (fitted === undefined || String(fitted) === String(this.values[own])) return false;
    this.values[own] = fitted;
    return true;
  }

  /** What a link needs to say: the values that differ from the defaults. @returns {Object<string, string>} */
  query() {
    const said = {};
    for (const [name, control] of Object.entries(this.controls)) {
      const text = writeValue(control, this.values[name]);
      if (text !== writeValue(control, control.default)) said[name] = text;
    }
    return said;
  }
}

/** The panels there are: the controls of each one's method and steps. @param {StageState} state */
export function slotsOf(state) {
  return SLOTS.filter(([method, steps]) => state.get(method) && state.declares(steps))
    .map(([method, steps]) => ({ method, steps }));
}

/** All panels that there may be, for the drawer. @param {StageState} state */
export function possibleSlots(state) {
  return SLOTS.filter(([method, steps]) => state.declares(method) && state.declares(steps))
    .map(([method, steps]) => ({ method, steps }));
}

/** A state in which some values are others. @param {StageState} state @param {Object<string, any>} given */
export function overlaid(state, given) {
  const get = (name) => (Object.hasOwn(given, name) ? given[name] : state.get(name));
  return { get, controls: state.controls };
}

/** What all panels are asked alike. @param {StageState} state */
export function sharedQuestion(state) {
  const [space, concept, seed] = ["space", "concept", "seed"].map((name) => state.get(name));
  return { space, description_noise: state.get("description_noise"), concept, seed };
}

/**
 * What one panel is asked.
 * @param {Object} payload
 * @param {StageState} state
 * @param {{method: string, steps: string}} slot
 * @param {boolean} [exactly] what the method is trained to say, in its place
 */
export function panelQuestion(payload, state, slot, exactly = state.get("field") === "exact") {
  const chosen = payload.methods[state.get(slot.method)];
  const name = exactly && chosen?.exact ? chosen.exact : state.get(slot.method);
  const method = payload.methods[name];
  const sampler = method.samplers.find((own) => own.name === state.get("sampler")) ?? method.samplers[0];
  const settings = {};
  if ("threshold" in sampler) {
    settings.threshold = state.get("threshold");
    settings.enough = state.get("adaptive") ? payload.enough ?? 0.95 : null;
  }
  return {
    method: name,
    options: Object.fromEntries(method.options.map((option) => [option, state.get(option)])),
    sampler: sampler.name,
    settings,
    guidance: method.guided && state.get("concept") !== "none" ? state.get("guidance") : 1,
    steps: state.get(slot.steps),
    t: method.by_level ? state.get("t") : 1,
  };
}

/** The key of a method's pack. @param {StageState} state */
export function trainingKey(state, { method, options }) {
  return packKey(state.controls, `method/${state.get("space")}/${method}`, options, state.get("description_noise"));
}

/** The key of the state's world pack. @param {StageState} state */
export function worldKey(state) {
  return packKey(state.controls, `world/${state.get("space")}`, {}, state.get("description_noise"));
}

/** A pack's key: a path, then by name the options that are not at their defaults (sandbox/stage/packs.py). */
export function packKey(controls, path, options, description_noise) {
  const asked = { ...options, description_noise };
  const departing = Object.keys(asked)
    .sort()
    .map((name) => [name, writeValue(controls[name], asked[name])])
    .filter(([name, text]) => text !== writeValue(controls[name], controls[name].default));
  const query = new URLSearchParams(departing).toString();
  return query ? `${path}?${query}` : path;
}

/** A question with another value of an option. */
export function withOption(question, name, value) {
  return { ...question, options: { ...question.options, [name]: value } };
}

/** The stop that is nearest to a value, in proportion; the value itself where there is none. @param {number[]} stops */
export function nearestStop(stops, value) {
  if (!stops.length) return value;
  const away = (stop) => Math.abs(Math.log(stop / value));
  return stops.reduce((best, stop) => (away(stop) < away(best) ? stop : best));
}
