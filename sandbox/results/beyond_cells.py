"""The table of more dimensions for a reader: what its entrants are called, and its rows as text."""

from collections.abc import Iterator

import pandas as pd

from sandbox.methods import method_named, method_options
from sandbox.results.beyond import MEASURED_SPACES
from sandbox.results.cells import Cells, cells
from sandbox.results.evidence import FIGURES, Entrant, over_seeds

YARDSTICKS = {"real": "a second real sample", "pairs": "the training pairs"}


def label(who: Entrant) -> str:
    """What an entrant is called: its method, and what departs from the method's default."""
    if who.method in YARDSTICKS:
        return YARDSTICKS[who.method]
    known, said = method_options(), [method_named(who.method).label]
    for word in who.options.split():
        name, _, value = word.partition("=")
        if value:
            said.append(f"{(known[name].label or name).lower() if name in known else name} {value}")
        elif word != "default":
            said.append(f"{word.capitalize()}’s method" if word == "heun" else word)
    if who.guidance != 1:
        said.append(f"guidance {who.guidance:g}")
    return ", ".join(said)


def title(name: str) -> str:
    """What a measured space is called."""
    return next(space.title for space in MEASURED_SPACES if space.name == name)


def beyond(table: pd.DataFrame) -> Iterator[tuple[str, Iterator[Cells]]]:
    """Means over the networks by spaces, to go under headings."""
    rows = over_seeds(table)
    for space in table.space.unique():
        yield title(space), _rows(rows[rows.space == space])


def _rows(rows: pd.DataFrame) -> Iterator[Cells]:
    for row in rows.sort_values(["method", "options", "guidance", "steps"], kind="stable").to_dict("records"):
        who = Entrant(*(row[name] for name in Entrant._fields))
        steps = {"steps": f"{row['steps']:g}"} if row["steps"] else {"steps": ""}
        yield {"method": label(who), **steps, **cells(row, *FIGURES)}
