/** The style of the page beyond the plane, after that of the stage. */

import { fadedInk } from "./pens.js";

/** @param {Object} ink colours of the page @returns {string} */
export function beyondStyle(ink) {
  const [line, soft] = [fadedInk(ink.text, 0.28), fadedInk(ink.text, 0.06)];
  return `
.stage.beyond {gap: 1em; padding: .2em .15em 1em; overflow: visible}
.stage.beyond .lesson {font-size: 1.5em; line-height: 1.2; min-height: 2.4em; text-wrap: pretty}
.stage.beyond.stacked .lesson {font-size: 1.2em}
.stage.beyond .ask-row {gap: .5em 1.4em; align-items: center}
.stage.beyond .ask-row label, .stage.beyond .over label {display: inline-flex; gap: .5em; align-items: center; flex-wrap: wrap}
.stage.beyond .explain {color: ${ink.faint}; flex-basis: 100%}
.stage.beyond .charts {display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1em 1.4em}
.stage.beyond.stacked .charts {grid-template-columns: minmax(0, 1fr)}
.stage.beyond h2 {font-weight: 700; font-size: 1.1em; line-height: 1.25}
.stage.beyond .charts h2 {min-height: 1.25em}
.stage.beyond .plot {position: relative; touch-action: pan-y}
.stage.beyond .plot svg {display: block; max-width: 100%; overflow: visible; font-size: max(.88em, 12px)}
.stage.beyond .reading {pointer-events: none; border: 1px solid ${line}; background: ${ink.ground}; font-weight: 700;
  max-width: 100%; z-index: 2}
.stage.beyond .names {list-style: none; margin: .2em 0 0; padding: 0; display: grid; gap: .15em}
.stage.beyond .names li {display: flex; gap: .5em; align-items: center}
.stage.beyond .names svg {flex: none; overflow: visible}
.stage.beyond details {margin-top: .3em}
.stage.beyond summary {cursor: pointer; padding: .1em .3em; border-radius: .3em; width: max-content; color: ${ink.faint}}
.stage.beyond .rows {overflow-x: auto; max-width: 100%}
.stage.beyond table {border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: max(.88em, 12px)}
.stage.beyond th, .stage.beyond td {text-align: left; padding: .15em .9em .15em 0; border-bottom: 1px solid ${line};
  white-space: nowrap; vertical-align: top}
.stage.beyond .scaled {display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 1em 1.4em; align-items: center}
.stage.beyond.stacked .scaled {grid-template-columns: minmax(0, 1fr)}
.stage.beyond .scaled .said p + p {margin-top: .6em}
.stage.beyond .over {display: flex; gap: .4em 1.2em; align-items: baseline; flex-wrap: wrap}
.stage.beyond .key {display: inline-flex; gap: .3em 1.2em; align-items: center; flex-wrap: wrap; color: ${ink.faint}}
.stage.beyond .key span {display: inline-flex; gap: .4em; align-items: center}
.stage.beyond .pictures-of {display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 1.4em; margin-top: .5em}
.stage.beyond.stacked .pictures-of {grid-template-columns: minmax(0, 1fr)}
.stage.beyond.stacked .pictures-of > div + div .captions {display: none}
.stage.beyond ol {list-style: none; margin: 0; padding: 0}
.stage.beyond li {padding: .25em 0}
.stage.beyond h3 {margin: 0; font-size: 1em; line-height: 1.3; font-weight: 700}
.stage.beyond h3 span {margin-left: .7em; font-weight: 400; color: ${ink.faint}}
.stage.beyond .cells {display: grid; gap: .2em; grid-template-columns: repeat(var(--columns), minmax(0, 1fr))}
.stage.beyond .captions {align-items: end; font-size: max(.9em, 12px); font-weight: 700; line-height: 1.15}
.stage.beyond .captions span {border-bottom: 2px solid ${ink.text}; padding-bottom: .1em; overflow-wrap: anywhere}
.stage.beyond .picture {display: grid; justify-items: center; gap: .15em}
.stage.beyond .picture canvas {width: 100%; aspect-ratio: 1; border-radius: .2em; outline: 1px solid ${line}}
.stage.beyond svg.right, .stage.beyond svg.wrong {width: .85em; height: .85em; fill: none; stroke-width: 2.4;
  stroke: ${ink.text}}
.stage.beyond svg.wrong {stroke: ${ink.outside}}
.stage.beyond .why {padding: .8em 1em; border-radius: .5em; background: ${soft}}
.stage.beyond .why p {margin-top: .4em; font-size: 1.1em; line-height: 1.45; max-width: 62em; text-wrap: pretty}
`;
}
