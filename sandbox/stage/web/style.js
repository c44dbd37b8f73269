/** The style of the stage, as one text; sizes are in em of a font size that follows the element's own size. */

import { fadedInk, TYPEFACE } from "./pens.js";

const ACCENT = { light: "#00558a", dark: "#7cc4f5" };

/** @param {Object} ink colours of the page @returns {string} */
export function stageStyle(ink) {
  const accent = ink.dark ? ACCENT.dark : ACCENT.light;
  const [line, soft] = [fadedInk(ink.text, 0.28), fadedInk(ink.text, 0.06)];
  return `
.stage {box-sizing: border-box; position: relative; display: flex; flex-direction: column; gap: .45em;
  padding: .5em .8em .4em;
  width: 100%; overflow: hidden; background: ${ink.ground}; color: ${ink.text};
  font-family: ${TYPEFACE};
  line-height: 1.3; text-align: left; color-scheme: ${ink.dark ? "dark" : "light"}}
.stage *, .stage *::before {box-sizing: border-box}
.stage [hidden] {display: none !important}
.stage p, .stage h1, .stage h2, .stage dl, .stage dd, .stage fieldset {margin: 0; padding: 0; border: 0; font-size: 1em}
.stage button, .stage select, .stage input, .stage summary {font: inherit; color: inherit; accent-color: ${accent}}
.stage button, .stage select, .stage input.number, .stage .top summary {background: ${ink.ground};
  border: 1px solid ${line}; border-radius: .4em;
  padding: .22em .6em; min-height: 2em; cursor: pointer}
.stage button:hover, .stage summary:hover {background: ${soft}}
.stage button:disabled {opacity: .55; cursor: default}
.stage button.main, .stage button[aria-pressed=true], .stage button[aria-checked=true] {background: ${accent};
  border-color: ${accent}; color: ${ink.ground}}
.stage :focus-visible {outline: .18em solid ${accent}; outline-offset: .1em}
.stage .top {display: flex; gap: .4em; align-items: center}
.stage .top h1 {flex: 1; min-width: 0; font-weight: 400; color: ${ink.faint}; font-size: 1em}
.stage .top summary {list-style: none; display: inline-flex; align-items: center}
.stage .top summary::-webkit-details-marker {display: none}
.stage .lesson {font-weight: 700; font-size: 1.75em; line-height: 1.12; text-wrap: balance; min-height: 1.12em}
.stage .second {color: ${ink.faint}; min-height: 1.3em}
.stage.busy .lesson {opacity: .55}
.stage .panels {flex: 1; min-height: 0; display: grid; grid-auto-rows: minmax(0, 1fr);
  grid-template-columns: repeat(var(--panels), minmax(0, 1fr));
  gap: .8em}
.stage .panel {display: grid; min-width: 0; min-height: 0; gap: .3em .6em;
  grid-template: minmax(0, 1fr) auto auto / minmax(0, 1fr)}
.stage.beside .panel {grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 11em}
.stage.beside .plane {grid-row: 1 / 3}
@supports (grid-template-rows: subgrid) {
.stage:not(.beside, .stacked, .maps, .lone) .panels {grid-auto-rows: minmax(0, 1fr) auto auto}
.stage:not(.beside, .stacked, .maps, .lone) .panel {grid-row: span 3; grid-template-rows: subgrid}}
.stage .plane {position: relative; min-width: 0; min-height: 0; border: 1px solid ${fadedInk(ink.text, 0.14)};
  border-radius: .3em; overflow: hidden}
.stage .plane > canvas, .stage .plane > .plain {position: absolute; inset: 0; width: 100%; height: 100%}
.stage .touch {touch-action: pan-y; cursor: crosshair}
.stage.zoomed .touch {touch-action: none}
.stage .hands {position: absolute; inset: 0; pointer-events: none}
.stage .handle {position: absolute; left: -1.3em; top: -1.3em; width: 2.6em; height: 2.6em; padding: 0; border: 0;
  border-radius: 50%; background: none !important;
  pointer-events: auto; touch-action: none; cursor: grab}
.stage .reading {position: absolute; left: .4em; top: .4em; padding: .1em .5em; border-radius: .3em;
  background: ${fadedInk(ink.ground, 0.9)}; font-variant-numeric: tabular-nums}
.stage .failure {position: absolute; left: .5em; right: .5em; top: .5em; padding: .5em .8em; border-radius: .4em;
  background: ${ink.ground};
  border: 2px solid ${ink.outside}; display: flex; gap: .8em; align-items: center; flex-wrap: wrap}
.stage .failure p {flex: 1 1 12em; overflow-wrap: anywhere}
.stage .caption {display: flex; gap: .2em 1em; align-items: baseline; align-content: start; flex-wrap: wrap; min-width: 0}
.stage .caption h2 {flex-basis: 100%; font-weight: 700; font-size: 1.1em}
.stage .caption h2 .count {white-space: nowrap}
.stage.beside .caption h2 .dot {display: none}
.stage.beside .caption h2 .count {display: block; font-weight: 400}
.stage .stand-in {flex-basis: 100%; display: flex; flex-wrap: wrap; gap: .1em .5em; align-items: center}
.stage .stand-in button {min-height: 0; padding: 0 .5em}
.stage .figures {display: flex; gap: .1em 1.1em; flex-wrap: wrap}
.stage .figures div {display: flex; gap: .3em; align-items: baseline}
.stage .figures dd {white-space: nowrap; font-weight: 700; font-size: 1.25em; font-variant-numeric: tabular-nums}
.stage .figures dt {color: ${ink.faint}}
.stage.many .figures {gap: .1em .7em; flex-wrap: nowrap}
.stage.many .figures dd {font-size: 1.05em}
.stage.beside .caption, .stage.beside .figures {flex-flow: column; gap: .1em}
.stage.beside .stand-in {flex-basis: auto}
.stage.beside .caption h2 {flex-basis: auto; min-height: 2.6em}
.stage.beside .figures dd {font-size: 1.5em; line-height: 1.15}
.stage .waiting .figures div + div dd {opacity: .4}
.stage .pictures {display: grid; grid-template-columns: repeat(8, var(--thumb)); gap: .25em; align-content: start}
.stage.beside .pictures {grid-template-columns: repeat(2, var(--thumb)); align-self: start}
.stage button.thumb {padding: 0; min-height: 0; border: 2px solid transparent; border-radius: .3em; overflow: hidden;
  aspect-ratio: 1; line-height: 0}
.stage button.thumb.pointed {border-color: ${ink.text}}
.stage .thumb canvas {width: 100%; height: 100%}
.stage .transport {display: flex; gap: .4em; align-items: center; flex-wrap: wrap}
.stage .transport .scrub {flex: 1 1 8em; min-width: 6em}
.stage .time {min-width: 8.5em; font-variant-numeric: tabular-nums}
.stage .second.phase {color: inherit; font-weight: 700}
.stage .panel.stale canvas {opacity: .45}
.stage .ask-row {display: flex; gap: 1.2em; align-items: flex-end; flex-wrap: wrap}
.stage .pills {display: flex; gap: .3em; flex-wrap: wrap; align-items: center}
.stage .pills button {border-radius: 1.2em; padding: .22em .9em}
.stage .scale {flex: 1 1 20em; min-width: 0; container-type: inline-size}
.stage .scale .head {display: flex; gap: .2em 1em; align-items: baseline; white-space: nowrap; overflow: hidden}
@container (max-width: 62em) {.stage .scale .long {display: none !important}}
@container (max-width: 29em) {.stage .scale .key {display: none !important}}
.stage .scale .now {font-weight: 700; font-variant-numeric: tabular-nums}
.stage .scale .key {margin-left: auto; display: flex; gap: 1em; color: ${ink.faint}}
.stage .scale .key .solid::before, .stage .scale .key .dashed::before {content: ""; display: inline-block;
  width: 1.6em; margin-right: .3em; vertical-align: .25em; border-top: .16em solid ${accent}}
.stage .scale .key .dashed::before {border-top: .16em dashed ${ink.outside}}
.stage .scale .track {position: relative; height: 4.2em}
.stage .scale svg {position: absolute; left: .6em; top: 0; width: calc(100% - 1.2em); height: 2.3em; overflow: visible}
.stage .scale polyline {fill: none; stroke: ${accent}; stroke-width: .16em; vector-effect: non-scaling-stroke}
.stage .scale polyline.dashed {stroke: ${ink.outside}; stroke-dasharray: .4em .3em}
.stage .scale .plateau {fill: ${accent}; opacity: .16}
.stage .scale .here {stroke: ${ink.text}; stroke-width: 1px; vector-effect: non-scaling-stroke}
.stage .scale input {position: absolute; left: 0; top: 2em; width: 100%; height: 1.2em; margin: 0; appearance: none;
  background: none; cursor: ew-resize}
.stage .scale input::-webkit-slider-runnable-track {height: .3em; border-radius: .2em; background: ${line}}
.stage .scale input::-moz-range-track {height: .3em; border-radius: .2em; background: ${line}}
.stage .scale input::-webkit-slider-thumb {appearance: none; width: 1.2em; height: 1.2em; margin-top: -.45em;
  border-radius: 50%; background: ${accent}; border: .15em solid ${ink.ground}}
.stage .scale input::-moz-range-thumb {width: .9em; height: .9em; border-radius: 50%; background: ${accent};
  border: .15em solid ${ink.ground}}
.stage .stops {position: absolute; left: .6em; right: .6em; top: 2.3em; pointer-events: none}
.stage .stops .tick {position: absolute; width: 1px; height: .6em; background: ${ink.faint}}
.stage .stops .value {position: absolute; top: .8em; transform: translateX(-50%); font-size: max(.85em, 12px);
  color: ${ink.faint}}
.stage .stops .cliff {position: absolute; top: .8em; transform: translateX(-50%); font-size: max(.85em, 12px);
  white-space: nowrap; color: ${ink.faint}}
.stage .legend {display: flex; gap: .1em .7em; flex-wrap: wrap; color: ${ink.faint}; font-size: max(.92em, 12px)}
.stage .legend span {display: inline-flex; gap: .3em; align-items: center; white-space: nowrap}
.stage .tour {display: flex; gap: .5em; align-items: center; flex-wrap: wrap; padding: .3em .7em;
  border-radius: .4em; border: 2px solid ${accent}; background: ${soft}}
.stage .tour p {flex: 1 1 14em}
.stage .drawer, .stage .keys {position: absolute; z-index: 3; right: 0; top: 0; bottom: 0; width: min(22em, 100%);
  overflow: auto; padding: .8em 1em; background: ${ink.ground};
  border-left: 1px solid ${line}; box-shadow: 0 0 1.5em ${fadedInk("#000000", 0.25)}; display: flex;
  flex-direction: column; gap: .6em}
.stage .keys {bottom: auto; left: 0; right: 0; margin: 3em auto; width: min(32em, 94%); border: 1px solid ${line};
  border-radius: .5em}
.stage .keys dl {display: grid; grid-template-columns: auto 1fr; gap: .3em 1em}
.stage .keys kbd {font: inherit; font-weight: 700}
.stage .row {display: flex; gap: .5em; align-items: center; flex-wrap: wrap}
.stage .head h2 {flex: 1; font-size: 1.15em}
.stage .drawer summary {font-weight: 700; padding: .3em 0; cursor: pointer}
.stage .drawer details > * + * {margin-top: .7em}
.stage .drawer > details > div {position: relative}
.stage .field, .stage fieldset {position: relative}
.stage .field {display: grid; gap: .15em; grid-template-columns: 1fr auto; align-items: center; padding-right: 2.2em}
.stage .field > input[type=range], .stage .field > .refused, .stage .field > .explain {grid-column: 1 / -1}
.stage .field select {grid-column: 1 / -1; width: 100%}
.stage .field input.number {width: 7em; cursor: text}
.stage .field.check {grid-template-columns: 1fr auto}
.stage .field input[type=checkbox] {width: 1.2em; height: 1.2em}
.stage fieldset {display: grid; gap: .2em; min-width: 0}
.stage fieldset label {display: flex; gap: .5em; align-items: center}
.stage legend {font-weight: 600; padding: 0}
.stage .ask {position: absolute; right: 0; top: 0; width: 1.8em; min-height: 1.8em; padding: 0; border-radius: 50%}
.stage .help {padding: .4em .6em; margin-top: .3em; border-radius: .3em; background: ${soft}}
.stage .refused {color: ${ink.outside}}
.stage .take {position: relative}
.stage .take .menu {position: absolute; z-index: 4; right: 0; top: 2.4em; display: grid; gap: .3em; padding: .6em;
  width: 14em; background: ${ink.ground};
  border: 1px solid ${line}; border-radius: .5em; box-shadow: 0 .3em 1.2em ${fadedInk("#000000", 0.25)}}
.stage .take button {text-align: left}
.stage .told {overflow-wrap: anywhere}
.stage .spoken {position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap}
.stage.stacked {overflow: visible}
.stage.stacked .legend span {white-space: normal}
.stage.stacked .legend .bar {flex-wrap: wrap}
.stage.stacked .transport select, .stage.stacked .spare {display: none}
.stage.drawn {padding-right: 22.8em}
.stage.stacked .panels {grid-template-columns: minmax(0, 1fr); grid-auto-rows: auto; flex: none}
.stage.stacked .panel {grid-template: auto auto auto / minmax(0, 1fr)}
.stage.stacked .plane {aspect-ratio: 1; max-height: 80vh}
.stage.stacked .tour p {flex-basis: 70%}
.stage.stacked .top {flex-wrap: wrap}
.stage.stacked .top h1 {flex-basis: 100%}
.stage.stacked .take .menu {right: auto; left: 0}
.stage.stacked .transport {position: sticky; bottom: 0; z-index: 2; background: ${ink.ground}; padding: .3em 0}
.stage .leave {display: none}
.stage.presenting .leave {display: inline-block}
.stage.stacked .lesson {font-size: 1.4em}
.stage.bare .top, .stage.bare .ask-row, .stage.bare .tour, .stage.bare .legend {display: none}
.stage.bare .lesson {font-size: 2em}
.stage.nothing .transport {display: none}
.stage.maps, .stage.lone {padding: .2em .15em; --tall: max(18em, calc(100vh - 24em))}
.stage.maps.aims {--tall: max(18em, calc(100vh - 22.5em))}
.stage.maps .plane, .stage.lone .plane {aspect-ratio: 1; max-height: var(--tall)}
.stage.maps .panels, .stage.lone .panels {flex: none; grid-auto-rows: auto}
.stage.maps .panel {grid-template: auto auto / minmax(0, 1fr)}
.stage.maps.aims:not(.stacked) .panel {grid-template: auto / minmax(0, var(--tall)) minmax(9em, 12.5em);
  justify-content: start}
.stage.lone.beside .panel {grid-template: auto minmax(0, 1fr) / minmax(0, var(--tall)) 10em; justify-content: start}
.stage.lone .top, .stage.lone .lesson, .stage.lone .second, .stage.lone .transport, .stage.lone .ask-row,
.stage.lone .tour {display: none}
.stage.maps .caption {align-content: start; align-self: start}
.stage.maps .caption h2 {width: 100%}
.stage.maps .ask-row {align-items: end; gap: .4em 1.2em}
.stage.maps .ask-row .field {flex: 1 1 10em; max-width: 17em; padding-right: 0; gap: .15em .5em}
.stage.maps .field label {white-space: nowrap}
.stage.maps .field input.number {width: 4.5em; margin-right: 2.1em}
.stage.maps .field .ask {width: 1.5em; min-height: 1.5em; line-height: 1; top: -.3em}
.stage.maps .field:has(input.number) .ask {top: .2em}
.stage.maps:not(.stacked) .field .help {position: absolute; z-index: 3; right: 0; top: 100%; width: 18em;
  background: ${ink.ground}; border: 1px solid ${line}}
.stage.maps .lesson {font-size: 1.5em; min-height: 2.24em}
.stage.maps.stacked .lesson {font-size: 1.2em}
.stage.maps.busy .lesson {opacity: 1}
.stage.maps .scale .key, .stage.maps .scale svg {display: none}
.stage.maps .scale {flex: none}
.stage.maps .scale .track {height: 2.4em; margin: 0 .8em}
.stage.maps .scale input {top: 0}
.stage.maps .stops {top: .3em}
.stage .targets {margin: 0; padding: 0; list-style: none; font-variant-numeric: tabular-nums; width: 100%}
.stage .targets .from {color: ${ink.faint}}
.stage .legend .bar {gap: .5em}
.stage .legend .bar b {color: ${ink.text}}
.stage .legend .bar i {width: 10em; height: 1em; border: 1px solid ${line}}
.stage .legend .swatch {width: 1.2em; height: 1em; border: 1px solid ${line}}
@media (prefers-reduced-motion: reduce) {.stage * {animation: none !important; transition: none !important;
  scroll-behavior: auto !important}}
`;
}
