// The stage as a server gives it, and the first one of a page, which begins before Streamlit does.
//
// The page's own HTML loads this module where a stage is all that is to be seen; the host in Streamlit's component
// (`streamlit.js`) loads the same, and takes over what has begun.

const VERSION = new URL(import.meta.url).searchParams.get("v");
const PATIENCE = 1000; // ms that Streamlit waits for the first picture, once the stage is there
const EARLY = document.getElementById("early-stage")?.src === import.meta.url;

/** @param {string} path @returns {URL} */
const served = (path) => new URL(`./stage/${path}`, document.baseURI);

/** What the server answers; rejects with its sentence where it cannot. @returns {Promise<Response>} */
async function fetched(path, how) {
  let response;
  try {
    response = await fetch(served(path), how);
  } catch {
    throw new Error("The server cannot be reached: what is here goes on, and what is not must wait.");
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Error(told.sentence ?? "The server could not answer: try again.");
}

const packed = async (path, key) => (await fetched(`${path}?${new URLSearchParams({ key })}`)).arrayBuffer();

async function posted(path, key) {
  const how = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ key }) };
  return (await fetched(path, how)).json();
}

const training = {
  ask: (key) => posted("train", key),
  cancel: (key) => posted("cancel", key),
  follow: async (key, since, making) => (await fetched(`train?${new URLSearchParams({ key, since, making })}`)).json(),
  snapshot: (key) => packed("snapshot", key),
};

const files = {
  html: async (query) => (await fetched(`lesson?${new URLSearchParams(query)}`)).blob(),
  weights: async (keys) => (await fetched(`weights?${new URLSearchParams(keys.map((key) => ["key", key]))}`)).blob(),
};

/** A stage in an element. @param {Object} given what the payload says beside what the server tells everybody */
export async function mountServed(element, given, onEvent) {
  const address = served(`text/stage.js?v=${VERSION}`);
  const [{ mount }, source, told] = await Promise.all([
    import(address),
    fetch(address).then((response) => response.text()), // the same bytes, which the browser has; workers export nothing
    fetch(served(`text/payload.json?v=${VERSION}`)).then((response) => response.json()),
  ]);
  const load = (key) => packed("pack", key);
  const own = { load, source: source.replace("export { mount };", ""), training, files };
  return mount(element, { ...told, ...given, ...own }, onEvent);
}

/** A stage over the page, where Streamlit will put it; Streamlit starts once it is drawn, or cannot be. */
function begin() {
  const element = document.createElement("div");
  element.className = "early-stage";
  element.style.height = "var(--height)"; // a stage fills its element where that has a height of its own
  document.body.append(element);
  const begun = { element, event: null, onEvent: null };
  const drawn = new Promise((resolve) => {
    const onEvent = (event) => {
      if (event.type === "drawn") resolve();
      else begun.event = event;
      begun.onEvent?.(event);
    };
    const query = Object.fromEntries(new URLSearchParams(location.search));
    begun.shown = mountServed(element, { query }, onEvent);
  });
  begun.shown.catch(() => element.remove());
  startStreamlit(Promise.race([drawn.then(shownFrame), begun.shown.then(() => rest(PATIENCE))]));
  return begun;
}

const rest = (milliseconds) => new Promise((go) => setTimeout(go, milliseconds));

/** When a frame that was drawn is on the screen. */
const shownFrame = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));

/** Both want the one thread of the page, and for the better part of a second Streamlit does not let go of it. */
async function startStreamlit(first) {
  await first.catch(() => {});
  await import(document.getElementById("streamlit").href);
}

let early = EARLY ? begin() : null;

/**
 * The stage that has begun, once; null where there is none.
 * @returns {?{element: HTMLElement, event: ?Object, onEvent: ?Function, shown: Promise<Object>}} `event` is the last that it
 *   told of while nobody listened
 */
export function takeEarly() {
  const taken = early;
  early = null;
  return taken;
}
