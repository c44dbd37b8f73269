"""The stage as one HTML file that needs no server and no network: `python -m sandbox page`."""

import base64
import gzip
import html
import json
from collections.abc import Mapping
from typing import Any

from sandbox.stage import module

# Nothing may be fetched but what the file itself holds.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval' blob:; worker-src blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; connect-src blob: data:; base-uri 'none'; form-action 'none'"
)
WITHOUT = "This page draws with JavaScript, which is switched off or too old in this browser."
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>html, body {{height: 100%; margin: 0}} #stage {{height: 100%}} .without {{font: 20px sans-serif; padding: 2rem}}</style>
</head>
<body>
<div id="stage"><p class="without">{without}</p></div>
<script type="application/json" id="held">{held}</script>
<script type="module">
{host}
</script>
</body>
</html>
"""


def page(payload: Mapping[str, Any], query: Mapping[str, str], packs: Mapping[str, bytes]) -> str:
    """The file: the payload of `sandbox.stage.payload`, the state it opens with, and the packs by their keys."""
    told = json.dumps({**payload, "query": dict(query)}, separators=(",", ":"))
    held = {"script": module.script().encode(), "payload": told.encode(), **packs}
    return PAGE.format(
        policy=html.escape(POLICY),
        title=html.escape(str(payload["text"])),
        without=WITHOUT,
        held=json.dumps({key: _packed(part) for key, part in held.items()}, separators=(",", ":")),
        host=module.host("file.js"),
    )


def _packed(part: bytes) -> str:
    """In letters that stand for nothing in HTML."""
    return base64.b64encode(gzip.compress(part, 9, mtime=0)).decode()
