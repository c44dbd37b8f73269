"""A page that holds the view alone, with a client that makes its answers up: for tests that need no server and no model."""

import json
from pathlib import Path

WEB = Path(__file__).parents[2] / "sandbox" / "stage" / "web"
HERE = Path(__file__).parent
ADDRESS = "http://stage.test/"
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>html, body {margin: 0}</style><div id="host"></div>
<script type="module">
  import {mount} from "./mount.js";
  import {fakePayload} from "./fake_client.js";
  window.events = [];
  HOSTILE
  const payload = fakePayload(QUERY, MORE);
  globalThis.lookingOut?.(payload);
  window.payload = payload;
  window.client = payload.client;
  const host = document.getElementById("host");
  const place = SHADOW ? host.attachShadow({mode: "open"}).appendChild(document.createElement("div")) : host;
  window.place = place;
  window.stage = mount(place, payload, (event) => window.events.push(event));
</script>"""
SETTLED = """() => {
  const words = window.place?.querySelector(".lesson")?.textContent;
  return Boolean(words) && !window.place.querySelector(".stage.busy");
}"""


def as_script(value):
    """A value as it may stand in a script within a page."""
    return json.dumps(value).replace("</", "<\\/")


def open_view(tab, query=None, more=None, *, script="", shadow=False, tour=False):
    """Mount the view for a query, and wait for its lesson; `script` runs before, `more` is set in the payload."""
    page = PAGE.replace("QUERY", as_script(query or {})).replace("MORE", as_script(more or {}))
    page = page.replace("HOSTILE", script).replace("SHADOW", json.dumps(shadow))
    seen = "" if tour else "try { localStorage.setItem('coalescer-sandbox-tour', 'seen'); } catch {}"
    tab.add_init_script(seen)

    def answer(route):
        name = route.request.url.removeprefix(ADDRESS).split("?")[0]
        if not name:
            return route.fulfill(body=page, content_type="text/html")
        found = next((path for path in (WEB / name, HERE / name, HERE / f"stub_{name}") if path.is_file()), None)
        if found is None:
            return route.fulfill(status=404)
        return route.fulfill(body=found.read_text(), content_type="text/javascript")

    tab.route(f"{ADDRESS}**", answer)
    tab.goto(ADDRESS)
    tab.wait_for_function(SETTLED)
