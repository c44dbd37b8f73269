"""Colours and shapes: one set of marks, on a light or a dark page (Okabe & Ito 2008, told apart by the colour-blind)."""

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
