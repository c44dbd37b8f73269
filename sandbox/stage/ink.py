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
REGION_COLOURS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7"),  # Okabe & Ito: blue CAT, orange DOG, then others
    *("#905914", "#7B5FC9", "#80801A", "#3A92D0"),  # where there are more, beside another shape
)
REGION_SYMBOLS = ("circle", "triangle-up", "square", "diamond")


def ink(dark: bool) -> Ink:
    """The colours of a dark or a light page."""
    return DARK if dark else LIGHT


def region_colour(i: int) -> str:
    """The colour of a space's i-th region."""
    return REGION_COLOURS[i % len(REGION_COLOURS)]


def region_symbol(i: int) -> str:
    """The shape of marks in a space's i-th region, by plotly's name."""
    return REGION_SYMBOLS[(i + i // len(REGION_SYMBOLS)) % len(REGION_SYMBOLS)]


def rgb(colour: str) -> tuple[int, int, int]:
    """The parts of a colour "#rrggbb", from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def faded(colour: str, opacity: float) -> str:
    """A colour "#rrggbb" that lets the ground through."""
    red, green, blue = rgb(colour)
    return f"rgba({red},{green},{blue},{opacity})"
