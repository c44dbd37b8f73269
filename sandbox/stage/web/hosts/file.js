// The host of a file without a server: the module, the payload and every pack are in the file itself.
const held = JSON.parse(document.getElementById("held").textContent);
const place = document.getElementById("stage");
const without = place.innerHTML; // what is there before the stage is

/** @param {string} key @returns {Promise<ArrayBuffer>} */
async function loadHeld(key) {
  if (!Object.hasOwn(held, key)) {
    throw new Error("This file does not hold what was asked for; the page with a server has it.");
  }
  const packed = Uint8Array.from(atob(held[key]), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

const heldText = async (key) => new TextDecoder().decode(await loadHeld(key));

/** This file anew, to open with another state. @returns {Promise<Blob>} */
async function saved(query) {
  const text = new Blob([JSON.stringify({ ...told, query: { ...query, ...pageOf(shown) } })]);
  const packed = new Uint8Array(await new Response(text.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());
  const payload = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const copy = document.documentElement.cloneNode(true);
  copy.querySelector("#stage").innerHTML = without;
  copy.querySelector("#pages")?.remove();
  copy.querySelector("#held").textContent = JSON.stringify({ ...held, payload });
  return new Blob(["<!doctype html>\n", copy.outerHTML, "\n"], { type: "text/html" });
}

/** What the address says behind its "?" or "#"; a file's address can only be changed behind the "#". */
const asked = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1) || location.search));

const [script, told] = [await heldText("script"), JSON.parse(await heldText("payload"))];
const address = URL.createObjectURL(new Blob([script, "export { mount };\n"], { type: "text/javascript" }));
const { mount } = await import(address);
const more = { load: loadHeld, source: script, trains: false, files: { html: saved } };

// The pages that the file holds, the stage first; which of them is shown stands in the address beside the state.
const pages = told.pages ?? [{ title: "", page: {} }];
const named = ({ title }) => title.toLowerCase().replaceAll(" ", "-");
const pageOf = (which) => (which ? { page: named(pages[which]) } : {});
const pageIn = ({ page }) => Math.max(pages.findIndex((one) => named(one) === page), 0);
const tabs = pages.map(({ title }, which) => {
  const tab = document.createElement("button");
  Object.assign(tab, { type: "button", textContent: title, onclick: () => turnTo(which, query) });
  return tab;
});
let [shown, stage, query] = [-1, null, {}];

/** Show a page in a state. */
function turnTo(which, said) {
  stage?.destroy();
  [shown, query] = [which, said];
  tabs.forEach((tab, i) => (i === which ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current")));
  place.replaceChildren();
  place.className = which ? "part" : "";
  stage = mount(place, { ...told, ...pages[which].page, query, ...more }, (event) => {
    if (event.type !== "state") return;
    query = event.query;
    tellAddress();
  });
  if (location.hash || which) tellAddress();
}

function tellAddress() {
  history.replaceState(null, "", `#${new URLSearchParams({ ...query, ...pageOf(shown) })}`);
}

/** What is asked for, taken apart: the page, and the state. */
function opened(said) {
  const { page: _, ...state } = said;
  return [pageIn(said), state];
}

if (pages.length > 1) {
  const bar = document.createElement("nav");
  bar.id = "pages";
  bar.setAttribute("aria-label", "Pages");
  bar.append(...tabs);
  place.before(bar);
}
turnTo(...opened(Object.keys(asked()).length > 0 ? asked() : told.query));
addEventListener("hashchange", () => {
  const [which, state] = opened(asked());
  if (which !== shown) turnTo(which, state);
  else stage.update({ query: state });
});
