/**
 * Colours and shapes: one set of marks on a light or a dark ground (Okabe & Ito 2008, told apart by the colour-blind).
 */

/** Stroke the path in colours and widths one after the other, the last on top. @param {...[string, number]} looks */
export function strokeIn(pen, ...looks) {
  for (const [colour, width] of looks) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.stroke();
  }
}

/** The letters of all words: the page's own where the page has some. */
export const TYPEFACE = '"Source Sans", system-ui, "Segoe UI", Roboto, sans-serif';

const LIGHT_INK = {
  text: "#1a1a1a", faint: "#6b6b6b", arrow: "#4d4d4d", outside: "#a3004f", ground: "#ffffff", exact: "#00695c",
};
const DARK_INK = {
  text: "#f2f2f2", faint: "#a0a0a0", arrow: "#c8c8c8", outside: "#ff8fc4", ground: "#0e1117", exact: "#4dd0b5",
};
const REGION_INK = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"];
const REGION_SHAPES = ["circle", "triangle-up", "square", "diamond"];
const LIGHTER = 0.3; // of the way to white
const CIVIDIS = [[0, 34, 78], [53, 69, 108], [102, 105, 112], [148, 142, 119], [200, 181, 107], [254, 232, 56]];

/** The colours of a page. @param {Object} payload whose `ink` may name others @param {boolean} dark */
export function inkOf(payload, dark) {
  const own = payload.ink?.[dark ? "dark" : "light"] ?? {};
  const known = dark ? DARK_INK : LIGHT_INK;
  const named = Object.entries(own).filter(([name, colour]) => name in known && isColour(colour));
  return { ...known, ...Object.fromEntries(named), dark };
}

/** The colour of a region; on a dark ground it is a lighter one. @param {Object} world */
export function regionInk(world, i, dark = false) {
  const own = world.regions[i]?.colour;
  const colour = isColour(own) ? own : REGION_INK[i % REGION_INK.length];
  if (!dark) return colour;
  const parts = partsOf(colour).map((part) => Math.round(part + (255 - part) * LIGHTER));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** The shape of a region's marks: circle, triangle-up, square or diamond. @param {Object} world */
export function regionShape(world, i) {
  const own = world.regions[i]?.symbol;
  return REGION_SHAPES.includes(own) ? own : REGION_SHAPES[i % REGION_SHAPES.length];
}

/** Whether a text is a colour "#rrggbb". */
export function isColour(text) {
  return typeof text === "string" && /^#[0-9a-f]{6}$/i.test(text);
}

/** A colour "#rrggbb" that lets the ground through. */
export function fadedInk(colour, opacity) {
  const [red, green, blue] = partsOf(colour);
  return `rgba(${red},${green},${blue},${opacity})`;
}

/** The parts of a colour "#rrggbb", from 0 to 255. */
export function partsOf(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

/** Cividis at a share from 0 to 1. @returns {number[]} red, green, blue */
export function cividis(share) {
  const at = Math.min(Math.max(share, 0), 1) * (CIVIDIS.length - 1);
  const k = Math.min(Math.floor(at), CIVIDIS.length - 2);
  return CIVIDIS[k].map((part, i) => Math.round(part + (CIVIDIS[k + 1][i] - part) * (at - k)));
}

/** Add a shape around a place to the path that is being drawn. @param {CanvasRenderingContext2D} pen */
export function traceShape(pen, shape, x, y, r) {
  if (shape === "circle") {
    pen.moveTo(x + r, y);
    pen.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  const corners = {
    "triangle-up": [[0, -1.25], [1.1, 0.8], [-1.1, 0.8]],
    square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
    diamond: [[0, -1.25], [1.15, 0], [0, 1.25], [-1.15, 0]],
  }[shape];
  corners.forEach(([dx, dy], i) => (i ? pen.lineTo(x + r * dx, y + r * dy) : pen.moveTo(x + r * dx, y + r * dy)));
  pen.closePath();
}

/** Add a cross to the path that is being drawn; it is stroked. @param {CanvasRenderingContext2D} pen */
export function traceCross(pen, x, y, r) {
  pen.moveTo(x - r, y - r);
  pen.lineTo(x + r, y + r);
  pen.moveTo(x - r, y + r);
  pen.lineTo(x + r, y - r);
}
