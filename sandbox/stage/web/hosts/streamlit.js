// The host of the page: Streamlit calls the default export when the component appears and whenever its data change.
const mounted = new WeakMap(); // by the element that Streamlit gives
const SETTLING = 300; // ms that the stage may take to tell of a change
const PATIENCE = 2000; // ms that a way to another page waits for the server
const LAYOUT = 5000; // ms that Streamlit may take to lay out its page
const QUIET = 1000; // ms without a change, after which the server hears of the state; the picture needs no server

/** The stage that began before Streamlit did, where this is the whole of it, or a new one, in an element. */
async function stageIn(element, { page, query, version }, onEvent) {
  const { mountServed, takeEarly } = await import(new URL(`./stage/text/served.js?v=${version}`, document.baseURI));
  const early = takeEarly();
  if (early && !page) {
    try {
      return await takeOver(element, early, query, onEvent);
    } catch {
      // it could not be loaded: perhaps it can now
    }
  } else if (early) discard(early);
  return mountServed(element, { ...page, query }, onEvent);
}

async function takeOver(element, early, query, onEvent) {
  const shown = await early.shown;
  await placed(element, early.element);
  early.element.removeAttribute("class");
  early.element.style.height = "100%";
  const focused = document.activeElement;
  element.append(early.element);
  if (early.element.contains(focused)) focused.focus();
  early.onEvent = onEvent;
  if (early.event) onEvent(early.event);
  else shown.update({ query });
  return shown;
}

/** When an element stands where another does: Streamlit calls before it has laid out its page. */
async function placed(element, other) {
  const late = performance.now() + LAYOUT;
  const places = () => [element, other].map((one) => one.getBoundingClientRect());
  const apart = ([here, there]) => ["left", "top", "width"].some((side) => Math.abs(here[side] - there[side]) > 1);
  const waits = () => element.isConnected && performance.now() < late; // whoever goes to another page waits for nothing
  while (waits() && apart(places())) await new Promise(requestAnimationFrame);
}

async function discard({ element, shown }) {
  element.remove();
  (await shown).destroy();
}

export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const known = mounted.get(parentElement);
  if (known) {
    known.heard(data);
    return known.forget;
  }
  const element = document.createElement("div");
  if (!data.page) element.style.cssText = "height: 100%"; // a part of a page is as high as it needs to be
  parentElement.append(element);
  const own = location.pathname; // of the page that this stage is on
  let shown = null;
  let last = JSON.stringify(data.query); // what this stage shows
  let agreed = last; // what the server has last said
  let timer = 0;
  let held = false; // something is in the hand, which the server is not to disturb
  const tell = () => {
    clearTimeout(timer);
    timer = held ? setTimeout(tell, QUIET) : 0;
    if (held) return;
    setStateValue("query", location.search);
  };
  const onEvent = (event) => {
    if (event.type === "state" && data.writes !== false) {
      last = JSON.stringify(event.query);
      const search = new URLSearchParams(event.query).toString();
      if (search !== location.search.slice(1)) {
        history.pushState(history.state, "", `${location.pathname}${search ? "?" : ""}${search}`);
      }
      clearTimeout(timer);
      timer = setTimeout(tell, data.quiet ?? QUIET);
    }
  };
  const back = () => {
    // Where it leads to another page, a word from this one would have the server open this one again.
    if (data.writes === false || location.pathname !== own) return;
    const query = Object.fromEntries(new URLSearchParams(location.search));
    last = JSON.stringify(query);
    shown?.update({ query });
    tell();
  };
  const press = (event) => {
    held = event.type === "pointerdown";
    touched = event.timeStamp;
  };
  const release = () => (held = false);
  // A way to another page waits until the server has heard of the state: it would open with an older one.
  let touched = -Infinity;
  let way = null;
  const go = () => {
    const link = way;
    [way, agreed, touched] = [null, last, -Infinity];
    link?.click();
  };
  const follow = (event) => {
    const link = event.composedPath().find((one) => one.tagName === "A" && one.pathname !== location.pathname);
    if (!link || way || (last === agreed && event.timeStamp - touched > SETTLING)) return;
    event.preventDefault();
    event.stopPropagation();
    way = link;
    setTimeout(() => {
      if (last === agreed) return go();
      if (timer) tell();
      return setTimeout(go, PATIENCE);
    }, SETTLING);
  };
  addEventListener("click", follow, true);
  addEventListener("popstate", back);
  for (const event of ["pointerdown", "pointerup", "keydown"]) element.addEventListener(event, press, true);
  for (const lift of ["pointerup", "pointercancel"]) addEventListener(lift, release, true);
  const instance = {
    heard(fresh) {
      const said = JSON.stringify(fresh.query);
      agreed = said;
      if (way && said === last) go();
      else if (said !== last && !timer) {
        last = said;
        shown?.update({ query: fresh.query });
      }
    },
    // Streamlit also calls this for a call that newer data have overtaken: only an element that is gone is left.
    forget() {
      setTimeout(() => {
        if (!element.isConnected) {
          clearTimeout(timer);
          removeEventListener("popstate", back);
          removeEventListener("click", follow, true);
          for (const lift of ["pointerup", "pointercancel"]) removeEventListener(lift, release, true);
          mounted.delete(parentElement);
          shown?.destroy();
        }
      });
    },
  };
  mounted.set(parentElement, instance);
  stageIn(element, data, onEvent)
    .then((stage) => {
      shown = stage;
    })
    .catch(() => {
      element.textContent = "The stage could not be loaded: reload the page to try again.";
    });
  return instance.forget;
}
