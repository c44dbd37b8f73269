/** Take it along: the view as a picture, its samples, its link, the script that reproduces it. */

import { button, make, say } from "./dom.js";
import { percent } from "./lesson.js";
import { TYPEFACE } from "./pens.js";
import { SvgPen } from "./record.js";
import { scriptOf } from "./script.js";
import { sharedQuestion, trainingKey } from "./state.js";

const SAMPLES_TAKEN = 2000;
const SHARP = 2; // picture pixels a pixel
const FILE_NAME = "coalescer-sandbox";

/** The menu. @param {Object} stage @returns {{element: HTMLElement}} */
export function makeTakeMenu(stage) {
  const told = make("p", { "aria-live": "polite", class: "told" });
  const entries = [
    ["Picture (PNG)", () => pngOf(stage).then((blob) => download(blob, "png"))],
    ["Drawing (SVG)", () => download(new Blob([svgOf(stage)], { type: "image/svg+xml" }), "svg")],
    ["Samples (CSV)", async () => download(new Blob([await csvOf(stage)], { type: "text/csv" }), "csv")],
    ["Python script", () => download(new Blob([scriptOf(stage)], { type: "text/x-python" }), "py")],
    ["Copy the link", () => navigator.clipboard.writeText(linkOf(stage))],
    ["Weights", weightsOf(stage)],
    ["HTML file", htmlOf(stage)],
  ].filter(([, does]) => does);
  const act = async (words, does) => {
    try {
      await does();
      say(told, `${words}: done.`);
    } catch (error) {
      const why = error?.constructor === Error ? error.message : "the browser does not allow it here.";
      say(told, words.startsWith("Copy") ? linkOf(stage) : `${words}: ${why}`);
    }
  };
  const list = make(
    "div", { class: "menu" }, ...entries.map(([words, does]) => button(words, () => act(words, does))), told,
  );
  return { element: make("details", { class: "take" }, make("summary", { text: "Take along" }), list) };
}

/** The link to this state. @param {Object} stage */
export function linkOf(stage) {
  const link = new URL(location.href);
  link.search = new URLSearchParams(stage.state.query()).toString();
  return link.href;
}

/** Draw all panels beside each other with any pen, their titles and figures below. @param {Object} stage */
export function drawSheet(pen, stage) {
  const { unit, ink } = { unit: stage.unit(), ink: stage.ink() };
  const { width, height } = sheetSize(stage);
  pen.fillStyle = ink.ground;
  pen.fillRect(0, 0, width, height);
  let left = 0;
  for (const panel of stage.panels) {
    const { paint } = panel;
    pen.save();
    pen.translate(left, 0);
    clip(pen, paint.width, paint.height);
    const on = paint.on();
    paint.drawGround(pen, on);
    paint.drawStill(pen, on, performance.now());
    paint.drawMoving(pen, on, performance.now());
    pen.restore();
    pen.fillStyle = ink.text;
    pen.textAlign = "left";
    pen.textBaseline = "top";
    pen.font = `${unit}px ${TYPEFACE}`;
    const told = panel.told();
    const share = told.merits ? `, ${percent(told.merits.in_region)} ${stage.where()}` : "";
    pen.fillText(`${told.label} · ${panel.count.textContent}${share}`, left + 0.5 * unit, paint.height + 0.4 * unit);
    left += paint.width + unit;
  }
}

function clip(pen, width, height) {
  if (pen.clipTo) return pen.clipTo(0, 0, width, height);
  pen.beginPath();
  pen.rect(0, 0, width, height);
  return pen.clip();
}

function sheetSize(stage) {
  const unit = stage.unit();
  const width = stage.panels.reduce((sum, { paint }) => sum + paint.width + unit, -unit);
  return { width, height: Math.max(...stage.panels.map(({ paint }) => paint.height)) + 2 * unit };
}

/** The panels as an SVG text. @param {Object} stage */
export function svgOf(stage) {
  const { width, height } = sheetSize(stage);
  const pen = new SvgPen(width, height);
  drawSheet(pen, stage);
  return pen.text();
}

function pngOf(stage) {
  const { width, height } = sheetSize(stage);
  const sheet = make("canvas", { width: Math.round(SHARP * width), height: Math.round(SHARP * height) });
  const pen = sheet.getContext("2d");
  pen.scale(SHARP, SHARP);
  drawSheet(pen, stage);
  return new Promise((resolve, reject) => {
    sheet.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))));
  });
}

/** Starts and samples of all panels, as a table. @param {Object} stage @returns {Promise<string>} */
export async function csvOf(stage) {
  const shared = sharedQuestion(stage.state);
  const lines = ["panel,method,steps,point,start_x,start_y,x,y"];
  for (const panel of stage.panels) {
    const question = panel.question();
    const answer = await stage.client.ask(
      `${panel.index}:csv`, "paths", { shared, panel: question, count: SAMPLES_TAKEN },
    );
    if (!answer || answer.error) throw new Error(answer?.error ?? "no samples");
    const count = answer.states.length / 2 / answer.times.length;
    const last = answer.states.length - 2 * count;
    for (let i = 0; i < count; i += 1) {
      const places = [
        2 * i, 2 * i + 1, last + 2 * i, last + 2 * i + 1,
      ].map((at) => Number(answer.states[at].toFixed(6)));
      lines.push([panel.index + 1, question.method, question.steps, i, ...places].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Have the host give the weights of the panels; null where it has none. @param {Object} stage */
function weightsOf(stage) {
  const { weights } = stage.payload.files ?? {};
  const keys = () => stage.panels.map((panel) => trainingKey(stage.state, panel.question()));
  return weights ? async () => download(await weights(keys()), "zip") : null;
}

/** Have the host give this state as an HTML file; null where it cannot. @param {Object} stage */
function htmlOf(stage) {
  const { html } = stage.payload.files ?? {};
  return html ? async () => download(await html(stage.state.query()), "html") : null;
}

function download(blob, ending) {
  const link = make("a", { href: URL.createObjectURL(blob), download: `${FILE_NAME}.${ending}` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
