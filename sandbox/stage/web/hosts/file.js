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
  const text = new Blob([JSON.stringify({ ...told, query })]);
  const packed = new Uint8Array(await new Response(text.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());
  const payload = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const copy = document.documentElement.cloneNode(true);
  copy.querySelector("#stage").innerHTML = without;
  copy.querySelector("#held").textContent = JSON.stringify({ ...held, payload });
  return new Blob(["<!doctype html>\n", copy.outerHTML, "\n"], { type: "text/html" });
}

/** What the address says behind its "?" or "#"; a file's address can only be changed behind the "#". */
const asked = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1) || location.search));

const [script, told] = [await heldText("script"), JSON.parse(await heldText("payload"))];
const address = URL.createObjectURL(new Blob([script, "export { mount };\n"], { type: "text/javascript" }));
const { mount } = await import(address);
place.replaceChildren();
const query = Object.keys(asked()).length > 0 ? asked() : told.query;
const more = { load: loadHeld, source: script, trains: false, files: { html: saved } };
const shown = mount(place, { ...told, query, ...more }, (event) => {
  if (event.type === "state") {
    history.replaceState(null, "", `#${new URLSearchParams(event.query)}`);
  }
});
addEventListener("hashchange", () => shown.update({ query: asked() }));
