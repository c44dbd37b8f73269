"""Tables of text: their columns' headings, how a figure is written, and Markdown."""

from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.results.against import HEADLINE
from sandbox.results.table import SMALLER_IS_BETTER

HEADINGS = {  # of columns that are not called by their name
    "nfe": "NFE",
    "in_region": "in-region",
    "energy_distance": "energy distance",
    "sliced_wasserstein": "sliced W2",
    "ahead": "ahead of ours",
    "tied": "not told apart",
    "behind": "behind",
    "over_pairs": "minus the pairs' own",
    "balanced": "balanced lookup",
    "balanced_never": "never",
    "plain": "plain lookup",
    "plain_never": "never",
    "squared_w2": "squared W2",
    "deviation": "standard deviation",
    "size": "steps x batch",
    "rate": "learning rate",
    "average": "moving average",
    "law": "ln(sigma / alpha)",
    "short": "a quarter of the length",
    "whole": "the whole length",
    **{f"{name}_halved": "after half" for name in HEADLINE},
}

Cells = dict[str, str]  # a row of text


def markdown(rows: Iterable[Cells]) -> str:
    """Rows of text as a table, with the columns of the first one."""
    rows = list(rows)
    if not rows:
        return "Not measured yet."
    names = list(rows[0])
    lines = [[HEADINGS.get(name, name) for name in names], *([row.get(name, "") for name in names] for row in rows)]
    heading, *body = ("| " + " | ".join(cells) + " |" for cells in lines)
    return "\n".join([heading, "|---" * len(names) + "|", *body])


def by_heading(tables: Iterable[tuple[str, Iterable[Cells]]]) -> str:
    """Several tables, each under a heading of its own."""
    return "\n\n".join(f"### {heading}\n\n{markdown(rows)}" for heading, rows in tables) or markdown([])


def cells(row: Mapping[Any, Any], *names: str) -> Cells:
    """Some columns of a row: a mean has half its interval beside it."""
    return {name: row[name] if isinstance(row[name], str) else figure(row, name) for name in names}


def figure(row: Mapping[Any, Any], name: str) -> str:
    """A mean with half its interval, where it has one."""
    if name == "nfe":
        return f"{row[name]:.3g}"
    half = row[f"{name}_half"]
    return number(row[name], name) + (f" ±{number(half, name)}" if half == half else "")


def number(value: float, name: str) -> str:
    """A share with three digits, a distance with four."""
    return f"{value:.{4 if name in SMALLER_IS_BETTER else 3}f}"
