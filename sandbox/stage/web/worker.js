// A model in a worker: questions come and answers go as messages, packs are loaded by the page.

import { Model } from "./model.js";

/**
 * Answer the messages of a page (`client.js`).
 *
 * In: {payload}; {ask, kind, question} with a number `ask`; {loaded, buffer|error} for what was to be loaded; {forget: key}.
 * Out: {ask, answer, took} with the milliseconds it took; {load, key} with a number `load`.
 * @param {{postMessage: Function, onmessage: any}} scope the worker's global object
 */
export function serveModel(scope) {
  let model = null;
  const waiting = new Map();
  const load = (key) => new Promise((resolve, reject) => {
    const number = loads++;
    waiting.set(number, { resolve, reject });
    scope.postMessage({ load: number, key });
  });
  let loads = 0;
  scope.onmessage = async ({ data }) => {
    if ("payload" in data) model = new Model(data.payload, load);
    else if ("forget" in data) model.forget(data.forget);
    else if ("loaded" in data) {
      const { resolve, reject } = waiting.get(data.loaded);
      waiting.delete(data.loaded);
      if (data.buffer) resolve(data.buffer);
      else reject(new Error(data.error));
    } else {
      const began = performance.now();
      const answer = await model.answer(data.kind, data.question);
      scope.postMessage({ ask: data.ask, answer, took: performance.now() - began }, buffersIn(answer));
    }
  };
}

/** The buffers of an answer's arrays, each once: they change hands instead of being copied. */
function buffersIn(answer) {
  return [...new Set(Object.values(answer).filter(ArrayBuffer.isView).map((array) => array.buffer))];
}
