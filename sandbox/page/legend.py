"""What the marks on the plane mean, drawn with the same colours and shapes."""

import base64

from sandbox.stage.ink import ink, region_colour, region_symbol
from sandbox.stage.panels import legs
from sandbox.stage.scene import Scene

SYMBOLS = {
    "circle": "<circle cx='9' cy='9' r='7'/>",
    "triangle-up": "<path d='M9 2 17 16 1 16Z'/>",
    "square": "<path d='M2 2H16V16H2Z'/>",
    "diamond": "<path d='M9 1 17 9 9 17 1 9Z'/>",
}


def legend(scene: Scene, dark: bool) -> str:
    """Every mark of the panels with its name, as HTML."""
    colours = ink(dark)
    stroke = f"stroke='{colours.text}' fill='none'"
    marks = [
        (f"<circle cx='9' cy='9' r='5' stroke='{colours.faint}' stroke-width='2' fill='none'/>", "random start R"),
        (f"<path d='M1 9H25' {stroke} stroke-width='1.6'/>", "path of a point"),
    ]
    if any(len(legs(panel.states)) > 1 for panel in scene.panels):
        marks.append((f"<path d='M1 9H25' {stroke} stroke-width='3.2'/>", "its later jumps"))
    for i, region in enumerate(scene.space.regions):
        marks.append((f"<g fill='{region_colour(i)}'>{SYMBOLS[region_symbol(i)]}</g>", f"landed in {region.name}"))
    cross = f"<path d='M3 3 15 15M15 3 3 15' stroke='{colours.outside}' stroke-width='4'/>"
    head = f"<path d='M14 5 21 9 14 13Z' fill='{colours.text}'/>"
    arrow = f"<g {stroke} stroke-width='1.5' opacity='.7'><path d='M1 9H20'/>{head}</g>"
    marks += [
        (cross, "landed outside what was asked"),
        (arrow, "arrow: long and strong = trusted"),
        (f"<circle cx='9' cy='9' r='3' fill='{colours.faint}'/>", "faint: training examples"),
    ]
    return f"<div class='legend'>{''.join(_mark(*mark) for mark in marks)}</div>"


def _mark(drawing: str, text: str) -> str:
    """One entry; an image, because `st.html` leaves no SVG in a page."""
    svg = base64.b64encode(f"<svg xmlns='http://www.w3.org/2000/svg' width='26' height='18'>{drawing}</svg>".encode())
    return f"<span><img alt='' src='data:image/svg+xml;base64,{svg.decode()}'>{text}</span>"
