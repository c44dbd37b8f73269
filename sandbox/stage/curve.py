"""The curve over desc_scale as a small SVG: every value written at its point, so that nothing has to be hovered over."""

import math

from sandbox.stage.ink import DARK, LIGHT, faded, region_colour

WIDTH, HEIGHT = 1200, 250
LEFT, RIGHT, TOP, BOTTOM = 110, 1170, 50, 185  # of the plot, pixels


def desc_scale_curve(scales: list[float], shares: list[float], current: float, dark: bool = False) -> str:
    """In-region shares over desc_scale on a logarithmic axis, the current value marked: an SVG image."""
    ink = DARK if dark else LIGHT
    low, high = math.log2(min(*scales, current)), math.log2(max(*scales, current))

    def x(scale: float) -> float:
        return LEFT + (RIGHT - LEFT) * (math.log2(scale) - low) / max(high - low, 1e-9)

    def y(share: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * share

    points = [(x(scale), y(share)) for scale, share in zip(scales, shares, strict=True)]
    lines = [f"<path d='M{LEFT} {y(s)}H{RIGHT}' stroke='{faded(ink.faint, 0.4)}'/>" for s in (0, 0.5, 1)]
    marker = f"<path d='M{x(current):.1f} {TOP - 14}V{BOTTOM + 12}' stroke='{ink.outside}' stroke-width='4' {DOTTED}/>"
    way = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    curve = f"<path class='curve' d='M{way}' fill='none' stroke='{region_colour(0)}' stroke-width='4'/>"
    dots = [f"<circle cx='{a:.1f}' cy='{b:.1f}' r='7' fill='{region_colour(0)}'/>" for a, b in points]
    halo = f"stroke='{ink.ground}' stroke-width='6' paint-order='stroke'"  # readable where the dotted line passes
    values = [_text(a, b - 15, f"{share:.0%}", ink.text, halo) for (a, b), share in zip(points, shares, strict=True)]
    ticks = [_text(x(scale), BOTTOM + 35, f"{scale:g}", ink.text) for scale in scales]
    names = [_text(55, TOP + 6, "100%", ink.text), _text(55, BOTTOM + 6, "0%", ink.text)]
    names.append(_text((LEFT + RIGHT) / 2, HEIGHT - 6, f"desc_scale (now {current:g}, dotted)", ink.text))
    body = "".join([*lines, marker, curve, *dots, *values, *ticks, *names])
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' {FONT}>{body}</svg>"


DOTTED = "stroke-dasharray='3 7' stroke-linecap='round'"
FONT = "font-family='Source Sans, Arial, sans-serif' font-size='21' text-anchor='middle'"


def _text(x: float, y: float, text: str, colour: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' fill='{colour}' {more}>{text}</text>"
