/** What the cards beside the map share: frame and style, small pictures, and which caption a description is nearest to. */

import { make, say } from "./dom.js";
import { fadedInk } from "./pens.js";

const SPOKEN_AFTER = 800; // milliseconds without a change, after which a sentence is said

/**
 * A card with a heading and a sentence; `dress` gives it the page's colours.
 * @param {string} name of its class
 * @param {string} title
 * @param {...Node} parts
 * @returns {{element: HTMLElement, dress: (ink: Object) => void}}
 */
export function makeCard(name, title, ...parts) {
  const element = make(
    "section", { class: `card ${name}`, "aria-label": title },
    make("style", { text: STYLE }), make("h2", { text: title }), ...parts,
  );
  const dress = (ink) => {
    const colours = {
      text: ink.text, faint: ink.faint, ground: ink.ground, outside: ink.outside,
      line: fadedInk(ink.text, 0.28), soft: fadedInk(ink.text, 0.06), accent: ink.dark ? "#7cc4f5" : "#00558a",
    };
    for (const [part, colour] of Object.entries(colours)) element.style.setProperty(`--${part}`, colour);
  };
  return { element, dress };
}

/** A sentence that changes with every movement of the hand; it is spoken when the hand has come to rest. */
export function makeSentence() {
  const [seen, spoken] = [make("p", { class: "says" }), make("p", { class: "spoken", "aria-live": "polite" })];
  let speaking = 0;
  const tell = (text) => {
    if (seen.textContent === text) return;
    seen.textContent = text;
    clearTimeout(speaking);
    speaking = setTimeout(() => say(spoken, text), SPOKEN_AFTER);
  };
  return { element: make("div", { class: "sentence" }, seen, spoken), tell };
}

/** Paint one of some pictures on a canvas of their size. @param {Uint8ClampedArray} pixels count * size * size * 4 */
export function paintPicture(canvas, pixels, size, i = 0) {
  if (canvas.width !== size || canvas.height !== size) [canvas.width, canvas.height] = [size, size];
  const each = 4 * size * size;
  const here = new Uint8ClampedArray(pixels.slice(i * each, (i + 1) * each));
  if (here.length === each) canvas.getContext?.("2d")?.putImageData(new ImageData(here, size), 0, 0);
}

/** Grey levels from 0 to 1 as the pixels of a picture. */
export function pixelsOfGrey(grey) {
  return Uint8ClampedArray.from({ length: 4 * grey.length }, (_, i) => (i % 4 === 3 ? 255 : 255 * grey[i >> 2]));
}

/** Whether a description says anything. @param {?ArrayLike<number>} description */
export function isGiven(description) {
  return Boolean(description?.length) && Array.prototype.every.call(description, Number.isFinite);
}

/**
 * The captions by how near a description is to them.
 * @param {{name: string, embedding: number[]}[]} captions
 * @param {ArrayLike<number>} description
 * @returns {{caption: Object, away: number}[]} nearest first
 */
export function captionsNear(captions, description) {
  const away = ({ embedding }) => Math.hypot(...embedding.map((part, k) => part - description[k]));
  return captions.map((caption) => ({ caption, away: away(caption) })).sort((a, b) => a.away - b.away);
}

/** A caption as it stands in a sentence. */
export function quoted(name) {
  return `“${name}”`;
}

const STYLE = `
.card {display: grid; gap: .5em; align-content: start; min-width: 0; padding: .7em .8em .8em; border: 1px solid var(--line);
  border-radius: .5em; background: var(--ground); color: var(--text); line-height: 1.35; container-type: inline-size}
.card.drawpad {grid-column: 1 / -1}
.card [hidden] {display: none !important}
.card h2 {margin: 0; padding: 0; font-size: 1.15em; font-weight: 700}
.card p {margin: 0}
.card .says {font-weight: 600; text-wrap: pretty}
.card .side {display: grid; gap: .5em}
.card .side .sentence, .card > .sentence {min-height: 2.7em}
.card .spoken {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap}
.card .note {color: var(--faint); font-size: max(.92em, 12px)}
.card canvas {display: block}
.card .grainy {image-rendering: pixelated}
.card .row {display: flex; gap: .5em; flex-wrap: wrap; align-items: center}
.card .wordmap {position: relative; width: 100%; aspect-ratio: 1; max-height: 34em; overflow: hidden;
  border: 1px solid var(--line); border-radius: .3em}
.card .wordmap canvas {position: absolute; inset: 0; width: 100%; height: 100%; touch-action: pan-y; cursor: crosshair}
.card .wordmap canvas.over {cursor: pointer}
.card .wordmap .hold {position: absolute; left: -1.3em; top: -1.3em; width: 2.6em; height: 2.6em; min-height: 0; padding: 0;
  border: 0; border-radius: 50%; background: none; touch-action: none; cursor: grab}
.card .hold:focus-visible, .card .pad:focus-visible {outline: .18em solid var(--accent); outline-offset: .1em}
.card .sides {display: grid; gap: .6em 1em; grid-template-columns: minmax(0, 1.9fr) minmax(0, 1fr); align-items: start}
.card .drawn {display: grid; gap: .6em; align-content: start}
.card .drawn h3 {margin: 0 0 .2em; font-size: 1em; font-weight: 600; display: flex; gap: .4em; align-items: center}
.card .drawn h3 i {width: .8em; height: .8em; border-radius: 50%; flex: none}
.card .drawn .strip {display: grid; grid-template-columns: repeat(auto-fill, minmax(2.8em, 1fr)); gap: .25em}
.card .drawn.old .strip {opacity: .5}
.card .strip canvas {width: 100%; aspect-ratio: 1; border-radius: .2em}
.card .slide {display: grid; grid-template-columns: auto auto minmax(6em, 1fr); gap: .1em .6em; align-items: center}
.card .slide output {font-weight: 700; font-variant-numeric: tabular-nums; min-width: 3.5em}
.card .slide input {width: 100%; accent-color: var(--accent); min-height: 1.5em; margin: 0}
.card ol.found {margin: 0; padding: 0; list-style: none; display: grid; gap: .6em;
  grid-template-columns: repeat(8, minmax(0, 1fr))}
.card .found li {display: grid; gap: .2em; align-content: start; min-width: 0; font-size: max(.92em, 12px)}
.card .found canvas {width: 100%; max-width: 8.2em; aspect-ratio: 1; border-radius: .3em; border: 2px solid transparent}
.card .found .other canvas {border: 2px dashed var(--outside)}
.card .found .words {overflow-wrap: anywhere}
.card .found .other .fit {color: var(--outside); font-weight: 600}
.card .found .fit {color: var(--faint)}
.card .parts {display: flex; height: .8em; border: 1px solid var(--line); border-radius: .15em; overflow: hidden;
  max-width: 8.2em}
.card .parts .word, .card .key .word::before {background: repeating-linear-gradient(45deg, var(--text) 0 2px,
  var(--ground) 2px 4px)}
.card .parts .place, .card .key .place::before {background: var(--accent)}
.card .number {white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--faint)}
.card .key {display: flex; gap: .2em 1em; flex-wrap: wrap; color: var(--faint); font-size: max(.92em, 12px)}
.card .key span::before {content: ""; display: inline-block; width: 1.4em; height: .8em; margin-right: .4em;
  vertical-align: -.05em; border: 1px solid var(--line)}
.card .easels {display: grid; gap: .6em 1.2em; grid-template-columns: minmax(0, 20em) minmax(0, 1fr); align-items: start}
.card .easels > div {display: grid; gap: .6em}
.card .pair {display: grid; grid-template-columns: repeat(2, minmax(0, 9em)); gap: .6em}
.card figure {margin: 0; display: grid; gap: .2em; min-width: 0}
.card figcaption {color: var(--faint); font-size: max(.92em, 12px)}
.card figure canvas {width: 100%; aspect-ratio: 1; border: 1px solid var(--line); border-radius: .3em}
.card canvas.pad {touch-action: none; cursor: crosshair}
@container (max-width: 34em) {.card .sides {grid-template-columns: minmax(0, 1fr)}
.card .easels {grid-template-columns: minmax(0, 1fr)}
.card .found {gap: .6em .4em}
.card > .sentence {min-height: 5.4em}}
@container (max-width: 50em) {.card ol.found {grid-template-columns: repeat(4, minmax(0, 1fr))}}
`;
