"""What the marks on the plane mean, drawn with the same colours and shapes."""

import base64

from sandbox.stage import ink
from sandbox.stage.figures import legs
from sandbox.stage.scene import Scene


def legend(scene: Scene, dark: bool) -> str:
    """Every mark of the panels with its name, as HTML."""
    colours = ink.DARK if dark else ink.LIGHT
    symbols = {
        "circle": "<circle cx='9' cy='9' r='7'/>",
        "triangle-up": "<path d='M9 2 17 16 1 16Z'/>",
        "square": "<path d='M2 2H16V16H2Z'/>",
        "diamond": "<path d='M9 1 17 9 9 17 1 9Z'/>",
    }

    def mark(drawing: str, text: str) -> str:
        svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='26' height='18'>{drawing}</svg>"
        return (
            f"<span><img alt='' src='data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}'>{text}</span>"
        )

    stroke = f"stroke='{colours.text}' fill='none'"
    marks = [
        mark(f"<circle cx='9' cy='9' r='5' stroke='{colours.faint}' stroke-width='2' fill='none'/>", "random start R")
    ]
    first = f"<path d='M1 9H25' {stroke} stroke-width='1.6'/>"
    marks.append(mark(first, "way of a point"))
    if any(len(legs(panel.states)) > 1 for panel in scene.panels):
        marks.append(mark(f"<path d='M1 9H25' {stroke} stroke-width='3.2'/>", "its later jumps"))
    for i, region in enumerate(scene.space.regions):
        symbol = symbols[ink.REGION_SYMBOLS[i % len(symbols)]]
        marks.append(mark(f"<g fill='{ink.region_colour(i)}'>{symbol}</g>", f"landed in {region.name}"))
    cross = f"<path d='M3 3 15 15M15 3 3 15' stroke='{colours.outside}' stroke-width='4'/>"
    marks.append(mark(cross, "missed what was asked"))
    head = f"<path d='M14 5 21 9 14 13Z' fill='{colours.text}'/>"
    arrow = f"<g {stroke} stroke-width='1.5' opacity='.7'><path d='M1 9H20'/>{head}</g>"
    marks.append(mark(arrow, "field: long and dark = trusted"))
    marks.append(mark(f"<circle cx='9' cy='9' r='3' fill='{colours.faint}'/>", "faint: pairs of the index"))
    return f"<div class='legend'>{''.join(marks)}</div>"
