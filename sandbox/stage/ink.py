"""Colours and shapes: one set of marks, on a light or a dark page (Okabe & Ito 2008, told apart by the colour-blind)."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Ink:
    """The colours of a page, light or dark."""

    text: str
    faint: str
    arrow: str
    outside: str
    ground: str


LIGHT = Ink(text="#1a1a1a", faint="#767676", arrow="#4d4d4d", outside="#a3004f", ground="#ffffff")
DARK = Ink(text="#f2f2f2", faint="#a0a0a0", arrow="#c8c8c8", outside="#ff8fc4", ground="#0e1117")
REGION_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")  # Okabe & Ito: blue CAT, orange DOG, then others
REGION_SYMBOLS = ("circle", "triangle-up", "square", "diamond")


def region_colour(i: int) -> str:
    """The colour of a space's i-th region."""
    return REGION_COLOURS[i % len(REGION_COLOURS)]


def faded(colour: str, opacity: float) -> str:
    """A colour "#rrggbb" that lets the ground through."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


POLYGONS = {  # corners, first corner's angle in degrees, and the inner radius of a star or 0
    "square": (4, 45, 0.0),
    "square-x": (4, 45, 0.55),
    "diamond": (4, 90, 0.0),
    "diamond-tall": (4, 90, 0.45),
    "triangle-up": (3, 90, 0.0),
    "triangle-down": (3, 270, 0.0),
    "pentagon": (5, 90, 0.0),
    "hexagon": (6, 90, 0.0),
    "star": (5, 90, 0.45),
}


def marker(symbol: str, x: float, y: float, size: float) -> str:
    """The SVG path of a marker, by plotly's name for it, around (x, y); a circle for a name that is not in POLYGONS."""
    corners, turn, inner = POLYGONS.get(symbol.removesuffix("-open"), (24, 0, 0.0))
    points = []
    for k in range(corners * (2 if inner else 1)):
        angle = math.radians(turn + k * 360 / (corners * (2 if inner else 1)))
        radius = size * (1.25 if corners < 10 else 1.0) * (inner if inner and k % 2 else 1.0)
        points.append(f"{x + radius * math.cos(angle):.1f} {y - radius * math.sin(angle):.1f}")
    return "M" + "L".join(points) + "Z"
