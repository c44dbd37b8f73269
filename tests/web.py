"""Scripts on the page's own modules, in a Chromium and without a server."""

from pathlib import Path

import sandbox.stage

WEB = Path(sandbox.stage.__file__).parent / "web"
HOST = "http://stage.test"
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html"}


def serve(tab):
    """Let a tab find the modules at HOST, on an empty page."""

    def answer(route):
        file = WEB / route.request.url.removeprefix(f"{HOST}/")
        if file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES[file.suffix])
        else:
            route.fulfill(body="<!doctype html><title>Modules</title>", content_type="text/html")

    tab.route(f"{HOST}/**", answer)
    tab.goto(f"{HOST}/")


def run(tab, script, args=None):
    """What a script returns, the body of an async function of `args` that may import("/x.js") the modules."""
    return tab.evaluate(f"async args => {{ {script} }}", args)
