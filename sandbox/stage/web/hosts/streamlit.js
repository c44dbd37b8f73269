// The host of the page: Streamlit calls the default export when the component appears and whenever its data change.
const mounted = new WeakMap(); // by the element that Streamlit gives
const QUIET = 1500; // ms without a change, after which the server hears of the state; the picture needs no server

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

async function begin(version) {
  const address = served(`text/stage.js?v=${version}`);
  const [{ mount }, source, told] = await Promise.all([
    import(address),
    fetch(served(`text/script.js?v=${version}`)).then((response) => response.text()),
    fetch(served(`text/payload.json?v=${version}`)).then((response) => response.json()),
  ]);
  return { mount, source, told };
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
  let shown = null;
  let last = JSON.stringify(data.query); // what this stage and the server last agreed on
  let timer = 0;
  const tell = () => {
    clearTimeout(timer);
    timer = 0;
    setStateValue("query", location.search);
  };
  const onEvent = (event) => {
    if (event.type === "state" && data.writes) {
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
    if (data.writes) shown?.update({ query: Object.fromEntries(new URLSearchParams(location.search)) });
  };
  const leave = () => timer && tell();
  addEventListener("popstate", back);
  element.addEventListener("pointerleave", leave);
  const instance = {
    heard(fresh) {
      const said = JSON.stringify(fresh.query);
      if (said !== last && !timer) {
        last = said;
        shown?.update({ query: fresh.query });
      }
    },
    // Streamlit also calls this for a call that newer data have overtaken: only an element that is gone is left.
    forget() {
      setTimeout(() => {
        if (!element.isConnected) {
          removeEventListener("popstate", back);
          mounted.delete(parentElement);
          shown?.destroy();
        }
      });
    },
  };
  mounted.set(parentElement, instance);
  begin(data.version)
    .then(({ mount, source, told }) => {
      shown = mount(
        element,
        { ...told, ...data.page, query: data.query, load: (key) => packed("pack", key), source, training },
        onEvent,
      );
    })
    .catch(() => {
      element.textContent = "The stage could not be loaded: reload the page to try again.";
    });
  return instance.forget;
}
