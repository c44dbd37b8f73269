/** Questions that follow the hand: one is under way, and of those that come meanwhile only the latest is asked. */

import { sentenceOf } from "./packs.js";

/**
 * @param {(question: any) => Promise<any>} ask
 * @param {(answer: any, question: any) => void} heard an answer, {error: sentence} where there is none
 * @returns {{want: (question: any, name?: string) => void}} asks, unless that is what was asked last, known by its name
 */
export function makeLatest(ask, heard) {
  let [waiting, busy, last] = [null, false, ""];
  const advance = async () => {
    busy = true;
    while (waiting) {
      const { question, name } = waiting;
      waiting = null;
      const answer = await ask(question).catch((error) => ({ error: sentenceOf(error) }));
      if ((!answer || answer.error) && last === name) last = ""; // it may be asked again
      if (answer) heard(answer, question);
    }
    busy = false;
  };
  const want = (question, name = JSON.stringify(question)) => {
    if (name === last) return;
    last = name;
    waiting = { question, name };
    if (!busy) advance();
  };
  return { want };
}
