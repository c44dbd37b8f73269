// The host of a file without a server: everything that can be loaded is in the file itself.
const held = JSON.parse(document.getElementById("packs").textContent);
const told = JSON.parse(document.getElementById("payload").textContent);

/** @param {string} key @returns {Promise<ArrayBuffer>} */
async function loadHeld(key) {
  if (!(key in held)) {
    throw new Error("This file does not hold what was asked for; the page with a server has it.");
  }
  const packed = Uint8Array.from(atob(held[key]), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

const place = document.getElementById("stage");
place.replaceChildren();
const asked = Object.fromEntries(new URLSearchParams(location.search || location.hash.slice(1)));
const shown = mount(
  place,
  {
    ...told,
    query: Object.keys(asked).length > 0 ? asked : told.query,
    load: loadHeld,
    source: document.getElementById("script").textContent,
  },
  (event) => {
    if (event.type === "state") {
      // A file's address keeps its state behind the "#": some browsers allow no other change of it.
      try {
        history.replaceState(null, "", `#${new URLSearchParams(event.query)}`);
      } catch {
        // The address stays as it is; the picture does not need it.
      }
    }
  },
);
addEventListener("hashchange", () => {
  shown.update({ query: Object.fromEntries(new URLSearchParams(location.hash.slice(1))) });
});
