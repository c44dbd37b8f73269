/** The Python script that computes what a state shows, with the package's public names. */

import { sharedQuestion } from "./state.js";

/** @param {Object} payload @param {Object} shared @param {Object[]} questions one for each panel @returns {string} */
export function pythonScript(payload, shared, questions) {
  const names = ["build", ...(questions.some((one) => needsSampler(payload, one)) ? ["sampler_of"] : [])];
  const replaced = questions.some((one) => Object.keys(one.settings).length);
  const lines = [
    '"""What the panels of the stage show."""',
    "",
    ...(replaced ? ["from dataclasses import replace", ""] : []),
    "from sandbox.measure.experiment import Question, answer",
    `from sandbox.methods import ${names.join(", ")}`,
    "from sandbox.pairs import World",
    "",
    `world = World(${pythonLiteral(shared.space)}, description_noise=${pythonNumber(shared.description_noise)})`,
    ...questions.flatMap((question) => panelLines(payload, shared, question)),
    "",
  ];
  return lines.join("\n");
}

function panelLines(payload, shared, question) {
  const options = Object.entries(question.options).map(([name, value]) => `, ${name}=${pythonLiteral(value)}`).join("");
  const method = payload.methods[question.method];
  const parts = [
    pythonLiteral(shared.concept), `steps=${question.steps}`, `seed=${shared.seed}`,
    `count=${method.trained ? 2000 : 500}`,
  ];
  const lines = ["", `method = build(${pythonLiteral(question.method)}, world${options})`];
  if (needsSampler(payload, question)) {
    const settings = Object.entries(question.settings).map(
      ([name, value]) => `, ${name}=${pythonLiteral(value)}`,
    ).join("");
    const plain = `sampler_of(method, ${pythonLiteral(question.sampler)})`;
    lines.push(`sampler = ${settings ? `replace(${plain}${settings})` : plain}`);
    parts.push("sampler=sampler");
  }
  if (question.guidance !== 1) parts.push(`guidance=${pythonNumber(question.guidance)}`);
  lines.push(`found = answer(Question(method, ${parts.join(", ")}))`);
  lines.push("print(method.label, found.trajectory.nfe, found.quality, found.likeness)");
  return lines;
}

function needsSampler(payload, question) {
  return question.sampler !== payload.methods[question.method].samplers[0].name || Object.keys(
    question.settings,
  ).length > 0;
}

/** A value as Python writes it. */
function pythonLiteral(value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "number" ? pythonNumber(value) : JSON.stringify(String(value));
}

function pythonNumber(value) {
  return String(value);
}

/** What all panels of a stage are asked, as a script. @param {Object} stage */
export function scriptOf(stage) {
  return pythonScript(stage.payload, sharedQuestion(stage.state), stage.panels.map((panel) => panel.question()));
}
