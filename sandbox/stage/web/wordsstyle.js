/** The style of the page of pictures and words, beside the stage's own. */

import { fadedInk } from "./pens.js";

/** @param {Object} ink colours of the page @returns {string} */
export function wordsStyle(ink) {
  const line = fadedInk(ink.text, 0.28);
  return `
.stage.words {padding: .2em .15em; overflow: visible}
.stage.words .lesson {font-size: 1.3em; font-weight: 700; min-height: 2.24em}
.stage.words .body {display: grid; grid-template-columns: var(--side) minmax(0, 1fr); gap: 1.2em; align-items: start}
.stage.words .map {width: var(--side); height: var(--side)}
.stage.words .panels {position: relative; display: flex; flex: none;
  gap: 1.2em; align-items: flex-start; min-height: var(--side)}
.stage.words .panel {display: block; position: relative}
.stage.words .panel h2 {display: flex; gap: .3em; align-items: center; max-width: 16em}
.stage.words .panel select {flex: 0 1 auto; min-width: 0; font-weight: 700; padding: .22em .2em}
.stage.words .away {flex: none; min-height: 1.8em; padding: 0 .5em; color: ${ink.faint}}
.stage.words .fate {color: ${ink.faint}; white-space: nowrap}
.stage.words .film {display: block}
.stage.words .frames {position: relative; min-height: 6em}
.stage.words .panel.stale .film {visibility: hidden}
.stage.words .failure {right: auto; min-width: 14em}
.stage.words .captions {display: flex; flex: 1 1 34em; flex-wrap: wrap; gap: .35em .6em; align-items: center}
.stage.words .captions .refused {flex-basis: 100%}
.stage.words .typed {flex: 1 1 9em; min-width: 9em; max-width: 18em; min-height: 2em; padding: .22em .6em;
  border: 1px solid ${line}; border-radius: .4em; background: ${ink.ground}}
.stage.words .pills .next {border-style: dashed}
.stage.words .ask-row {align-items: start; gap: .4em 1.2em}
.stage.words .ask-row .field {flex: 0 1 auto; display: flex; padding-right: 2em; gap: .5em; align-items: center}
.stage.words .ask-row .field label {white-space: nowrap}
.stage.words .ask-row .field select {width: auto}
.stage.words .ask-row .field .help {position: absolute; z-index: 5; right: 0; top: 100%; width: 18em; background: ${ink.ground};
  border: 1px solid ${line}}
.stage.words .ask-row label.field {padding-right: 0}
.stage.words .field input.number {width: 3.5em; margin: 0}
.stage.words .another {position: absolute; right: 0; top: 0}
.stage.words.stacked .another {position: static}
.stage.words .another select {width: 8.4em}
.stage.words .lens {position: absolute; left: 0; top: 0; margin: 0; padding: .25em; pointer-events: none; width: 7.5em;
  background: ${ink.ground}; border: 2px solid ${ink.text};
  border-radius: .4em; box-shadow: 0 .2em 1em ${fadedInk("#000000", 0.35)}}
.stage.words .lens canvas {display: block; width: 100%; height: auto}
.stage.words .lens p {font-size: max(.9em, 12px); line-height: 1.15; padding-top: .15em; text-align: center}
.stage.words .map .handle {border: .16em solid ${ink.text};
  box-shadow: 0 0 0 .12em ${ink.ground}, inset 0 0 0 .12em ${ink.ground};
  left: -.8em; top: -.8em; width: 1.6em; height: 1.6em; min-height: 0}
.stage.words .cards {display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.2em; padding-top: .6em}
.stage.words.stacked .body, .stage.words.stacked .cards {grid-template-columns: minmax(0, 1fr)}
.stage.words.stacked .panels {flex-direction: column; min-height: 0}
.stage.words.stacked .lesson {font-size: 1.15em}
`;
}
