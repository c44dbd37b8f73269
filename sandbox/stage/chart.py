"""A line chart as one SVG: a logarithmic axis, intervals, names at the lines' ends, and a drawing for every point.

What belongs to a point (its samples on the plane) is drawn beside the chart while the mouse is over the point or the keyboard
is on it, by the style sheet alone: no script, and no question to the server.
"""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.stage.ink import DARK, LIGHT, Ink, faded, marker

WIDTH, HEIGHT = 1280, 560
LEFT, TOP, BOTTOM = 84, 40, 476  # of the plot, pixels
LABEL = 28  # pixels between two names
SIDE = 400  # of the square in which a point's drawing stands
NAMES, LETTER = 250, 11  # pixels for the names at the lines' ends, and for a letter of a name longer than that
PLACE = f"translate({WIDTH - SIDE - 4},{TOP}) scale({SIDE})"  # from the unit square to that square


@dataclass(frozen=True)
class Point:
    """One value with half its interval, what is said of it and, as SVG in the unit square, what is drawn for it."""

    x: float
    y: float
    half: float
    words: str
    drawing: str = ""


@dataclass(frozen=True)
class Line:
    """Points in one colour and shape, under one name."""

    name: str
    colour: str
    symbol: str
    dash: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn."""

    lines: Sequence[Line]
    across: str  # the name of the x axis
    up: str  # the name of the y axis
    level: tuple[str, float] | None = None  # a dotted line with its name
    band: tuple[float, float] | None = None  # from .. to on the x axis, shaded
    logarithmic: bool = False  # the y axis
    backdrop: str = ""  # SVG in the unit square, behind a point's drawing
    current: float | None = None  # a value on the x axis, marked


def svg(chart: Chart, dark: bool = False) -> str:
    """The chart as an SVG element; an empty one says so."""
    ink = DARK if dark else LIGHT
    if not any(line.points for line in chart.lines):
        return "<p>There is nothing to draw for this choice.</p>"
    longest = max(len(line.name) for line in chart.lines)
    right = WIDTH - max(NAMES, 36 + LETTER * longest) - (SIDE if chart.backdrop else 0)
    frame = _Frame(chart, right)
    body = [*_axes(chart, frame, ink), *_lines(chart, frame, ink), *_names(chart, frame, ink)]
    if chart.backdrop:
        body.insert(0, f"<g transform='{PLACE}'>{chart.backdrop}</g>")
    body += _points(chart, frame, ink)
    style = (
        ".extra{visibility:hidden} .point:hover .extra,.point:focus .extra{visibility:visible} "
        ".point{cursor:pointer;outline:none} .point:hover .mark,.point:focus .mark{stroke-width:5} "
        ".first .extra{visibility:visible} svg:has(.point:is(:hover,:focus)) .first:not(:hover,:focus) "
        ".extra{visibility:hidden}"
    )
    words = html.escape(f"{chart.up} over {chart.across}.")
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='group' aria-label='{words}' "
        "style='width:100%;max-height:80vh' font-family='Source Sans, Arial, sans-serif' font-size='22'>"
        f"<style>{style}</style>"
        f"{''.join(body)}</svg>"
    )


class _Frame:
    """From values to pixels."""

    def __init__(self, chart: Chart, right: float) -> None:
        points = [point for line in chart.lines for point in line.points]
        xs = [point.x for point in points] + ([chart.current] if chart.current else [])
        self.right = right
        self.low, self.high = math.log2(min(xs)) - 0.15, math.log2(max(xs)) + 0.15
        self.logarithmic = chart.logarithmic
        ys = [point.y for point in points] + ([chart.level[1]] if chart.level else [])
        if chart.logarithmic:
            ys = [max(y, 1e-5) for y in ys]
            self.floor, self.roof = math.log10(min(ys)) - 0.1, math.log10(max(ys)) + 0.1
        else:
            self.floor, self.roof = (0.0, 1.02) if max(ys) <= 1.0 else (0.0, 1.05 * max(ys))

    def x(self, value: float) -> float:
        return LEFT + (self.right - LEFT) * (math.log2(value) - self.low) / (self.high - self.low)

    def y(self, value: float) -> float:
        height = math.log10(max(value, 1e-5)) if self.logarithmic else value
        share = min(max((height - self.floor) / (self.roof - self.floor), 0.0), 1.0)
        return BOTTOM - (BOTTOM - TOP) * share

    def rows(self) -> list[float]:
        """The values that get a line across."""
        if not self.logarithmic:
            step = 0.2 if self.roof <= 1.02 else 10 ** math.floor(math.log10(self.roof))
            return [step * k for k in range(int(self.roof / step) + 1)]
        return _round_numbers(10**self.floor, 10**self.roof, (1, 3))

    def columns(self) -> list[float]:
        """The values that are named on the x axis: powers of two, at most thirteen, or round numbers if they are few."""
        powers = list(range(math.ceil(self.low), math.floor(self.high) + 1))
        if len(powers) > 3:
            return [2.0**p for p in powers[:: math.ceil(len(powers) / 13)]]
        return _round_numbers(2**self.low, 2**self.high, (1, 2, 3, 5))


def _round_numbers(low: float, high: float, digits: Sequence[int]) -> list[float]:
    """The numbers from low to high that have one digit, and one of these."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [d * 10.0**p for p in powers for d in digits if low <= d * 10.0**p <= high]


def _axes(chart: Chart, frame: _Frame, ink: Ink) -> list[str]:
    marks = []
    if chart.band:
        a, b = frame.x(chart.band[0]), frame.x(chart.band[1])
        marks.append(
            f"<rect x='{a - 12:.1f}' y='{TOP}' width='{b - a + 24:.1f}' height='{BOTTOM - TOP}' "
            f"fill='{faded('#009E73', 0.16)}'/>"
        )
    for value in frame.rows():
        marks.append(f"<path d='M{LEFT} {frame.y(value):.1f}H{frame.right}' stroke='{faded(ink.faint, 0.35)}'/>")
        marks.append(_text(LEFT - 10, frame.y(value) + 6, f"{value:.3g}", ink, "end"))
    marks += [_text(frame.x(value), BOTTOM + 30, f"{value:.4g}", ink, "middle") for value in frame.columns()]
    if chart.level:
        name, value = chart.level
        y = frame.y(value)
        marks.append(
            f"<path d='M{LEFT} {y:.1f}H{frame.right}' stroke='{ink.outside}' stroke-width='3' stroke-dasharray='2 7'/>"
        )
        marks.append(_text(frame.right - 6, y - 9 if y > TOP + 20 else y + 24, name, ink, "end", ink.outside))
    if chart.current:
        x = frame.x(chart.current)
        marks.append(
            f"<path d='M{x:.1f} {TOP}V{BOTTOM}' stroke='{ink.outside}' stroke-width='3' stroke-dasharray='2 7'/>"
        )
    marks.append(_text((LEFT + frame.right) / 2, BOTTOM + 64, chart.across, ink, "middle"))
    marks.append(_text(8, TOP - 14, chart.up, ink, "start"))
    return marks


def _lines(chart: Chart, frame: _Frame, ink: Ink) -> list[str]:
    marks = []
    for line in chart.lines:
        way = "L".join(f"{frame.x(point.x):.1f} {frame.y(point.y):.1f}" for point in line.points)
        dash = f" stroke-dasharray='{line.dash}'" if line.dash else ""
        marks.append(f"<path d='M{way}' fill='none' stroke='{line.colour}' stroke-width='3'{dash}/>")
        for point in line.points:
            if point.half > 0:
                x, a, b = frame.x(point.x), frame.y(point.y - point.half), frame.y(point.y + point.half)
                marks.append(
                    f"<path d='M{x:.1f} {a:.1f}V{b:.1f}' stroke='{line.colour}' stroke-width='3' opacity='.6'/>"
                )
    return marks


def _names(chart: Chart, frame: _Frame, ink: Ink) -> list[str]:
    """Each line's name beside its last point, pushed apart where they would overlap."""
    named = [(frame.y(line.points[-1].y), line) for line in chart.lines if line.points]
    ends = sorted(named, key=lambda end: end[0])
    places = [y for y, _ in ends]
    for k in range(1, len(places)):
        places[k] = max(places[k], places[k - 1] + LABEL)
    over = places[-1] - (BOTTOM + 8)
    if over > 0:
        places[-1] -= over
        for k in range(len(places) - 2, -1, -1):
            places[k] = min(places[k], places[k + 1] - LABEL)
    marks = []
    for place, (y, line) in zip(places, ends, strict=True):
        x = frame.x(line.points[-1].x)
        marks.append(
            f"<path d='M{x + 9:.1f} {y:.1f}L{frame.right + 10} {place:.1f}' stroke='{line.colour}' opacity='.55'/>"
        )
        marks.append(f"<path d='{marker(line.symbol, frame.right + 18, place, 6)}' fill='{line.colour}'/>")
        marks.append(_text(frame.right + 30, place + 6, line.name, ink, "start"))
    return marks


def _points(chart: Chart, frame: _Frame, ink: Ink) -> list[str]:
    """Marks that answer to mouse and keyboard; the first one's drawing is there until another is asked for."""
    marks, first = [], " first"
    for line in chart.lines:
        for point in line.points:
            x, y = frame.x(point.x), frame.y(point.y)
            words = html.escape(point.words)
            drawing = ""
            if chart.backdrop:
                dots = f"stroke='{ink.text}' stroke-width='.011' stroke-linecap='round'"
                said = _text(WIDTH - SIDE / 2, TOP + SIDE + 30, point.words, ink, "middle")
                drawing = f"<g class='extra'><g transform='{PLACE}' {dots}>{point.drawing}</g>{said}</g>"
            marks.append(
                f"<g class='point{first}' tabindex='0' role='img' aria-label='{words}'><title>{words}</title>"
                f"<circle cx='{x:.1f}' cy='{y:.1f}' r='16' fill='#0000'/><path class='mark' "
                f"d='{marker(line.symbol, x, y, 8)}' fill='{line.colour}' stroke='{ink.ground}' "
                f"stroke-width='1.5'/>{drawing}</g>"
            )
            first = ""
    return marks


def _text(x: float, y: float, text: str, ink: Ink, anchor: str, colour: str = "") -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{colour or ink.text}'>{html.escape(text)}</text>"
    )
