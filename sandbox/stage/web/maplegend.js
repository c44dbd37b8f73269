/** What the colours of maps mean: one bar for all panels, and the kinds of cells. */

import { make } from "./dom.js";
import { cellLook } from "./maps.js";
import { cividis } from "./pens.js";

const STOPS = 12;

/** The legend of a page of maps. @param {Object} stage @param {{title: string, high: number}} bar */
export function mapLegend(stage, { title, high }) {
  const stops = Array.from({ length: STOPS }, (_, i) => `rgb(${cividis(i / (STOPS - 1)).join(",")})`).join(", ");
  const agreement = stage.panels.some((panel) => panel.slot.of === "agreement");
  const ends = agreement ? ["0: the targets’ directions cancel", "1: all one way"] : ["0", `${Number(high.toPrecision(2))} or more`];
  const cells = stage.panels.some((panel) => panel.slot.of === "cells");
  const bar = make("span", { class: "bar" },
    make("b", { text: agreement ? "Agreement of the targets" : title }), make("span", { text: ends[0] }),
    make("i", { style: `background: linear-gradient(90deg, ${stops})` }), make("span", { text: ends[1] }));
  const swatch = (look, words) => make("span", {}, make("i", { class: "swatch", style: `background: ${look}` }), words);
  const kinds = cells ? stage.world.regions.map((region, i) => swatch(cellLook(stage.world, i), `sent to ${region.name}`)) : [];
  if (cells) kinds.push(swatch(cellLook(stage.world, -1), "sent outside every region"), make("span", { text: "shades: cells of different pairs" }));
  if (stage.payload.place) kinds.push(make("span", { text: "× the place asked about: click, drag or use the arrow keys; lines go to its likeliest targets" }));
  return { key: JSON.stringify([title, high, kinds.map((kind) => kind.outerHTML)]), elements: [bar, ...kinds] };
}
