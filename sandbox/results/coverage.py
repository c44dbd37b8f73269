"""Why coverage falls beyond the plane and what mends it, in sentences that are made of the tables' rows.

Each sentence is a function of the rows, and carries its condition: where its rows are lacking, or say otherwise, it is not said
or says the other thing. No figure is written here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import nan
from re import fullmatch
from typing import Any, NamedTuple

import pandas as pd

from sandbox.results.table import means_of

NEAR, CLEAR = 0.02, 0.1  # shares nearer than this are called the same; further apart than this, clearly different
FIGURES = ("nfe", "recognised", "worst", "precision", "recall", "energy_distance")
FAMILY = r"digits-(\d+)d"  # one set of pictures in so many dimensions
FEW, SOME, MANY = 2, 8, 64  # steps


class Entrant(NamedTuple):
    """Whose rows: a method, what of its recipe departs from the default, and guidance while sampling."""

    method: str
    options: str = "default"
    guidance: float = 1.0


PLAIN, BALANCED, WALKS = Entrant("coalescer"), Entrant("balanced-coalescer"), Entrant("diffusion")
FLOW = Entrant("semidiscrete-flow-matching")
GUIDED, GUIDED_FLOW = WALKS._replace(guidance=1.5), FLOW._replace(options="learned_guidance=1.5")
FEW_STEPPERS = [(who, steps) for who in (PLAIN, BALANCED, FLOW, GUIDED_FLOW) for steps in (1, FEW)]
PLAIN_LOOKUP, BALANCED_LOOKUP = "recall of the plain lookup", "recall of the balanced lookup"
HUBS, MOVED = "lookups that find the most found 1 %", "lookups that change when R moves by .1"
TO_PAIR, APART = "distance from R to its pair", "distance between neighbouring pairs"


def over_seeds(table: pd.DataFrame) -> pd.DataFrame:
    """Means of the table `beyond` over the networks, with half of their 95 % interval; of one network there is none."""
    return means_of(table, [name for name in table.columns if name not in (*FIGURES, "seed")], FIGURES)


def dimensions(table: pd.DataFrame) -> dict[int, str]:
    """The spaces of one set of pictures, by their dimensions, from few to many."""
    found = {int(known[1]): name for name in set(table.space) if (known := fullmatch(FAMILY, name))}
    return dict(sorted(found.items()))


@dataclass(frozen=True)
class Rows:
    """The rows that sentences are made of: `beyond` with a row for each network, and `borders`."""

    beyond: pd.DataFrame
    borders: pd.DataFrame

    @cached_property
    def spaces(self) -> dict[int, str]:
        """The spaces that are compared, by their dimensions."""
        return dimensions(self.beyond)

    @property
    def least(self) -> int:
        """Fewest dimensions; 0 where there is no row."""
        return min(self.spaces, default=0)

    @property
    def most(self) -> int:
        """Most dimensions."""
        return max(self.spaces, default=0)

    @cached_property
    def _means(self) -> dict[tuple[object, ...], dict[str, float]]:
        rows: list[dict[Any, Any]] = over_seeds(self.beyond).to_dict("records")
        return {tuple(row[name] for name in ("space", *Entrant._fields, "steps")): row for row in rows}

    @cached_property
    def _borders(self) -> dict[tuple[Any, Any], float]:
        rows: list[dict[Any, Any]] = self.borders.to_dict("records")
        return {(row["space"], row["what"]): row["value"] for row in rows}

    def recognised(self, who: Entrant, steps: int, d: int = 0) -> float:
        """The share that the judge recognises, in the most dimensions unless others are named; nan where there is no row."""
        return self._figure("recognised", who, steps, d or self.most)

    def recall(self, who: Entrant, steps: int, d: int = 0) -> float:
        """The share of the real pictures that are found, in the same way."""
        return self._figure("recall", who, steps, d or self.most)

    def floor(self) -> float:
        """The recall of a second real sample."""
        return self.recall(Entrant("real"), 0)

    def _figure(self, name: str, who: Entrant, steps: int, d: int) -> float:
        return float(self._means.get((self.spaces.get(d), *who, steps), {}).get(name, nan))

    def border(self, what: str, d: int = 0) -> float:
        """A value of `borders`, in the most dimensions unless others are named; nan where there is no row."""
        return self._borders.get((self.spaces.get(d or self.most, ""), what), nan)


Sentence = Callable[[Rows], str]  # "" where it is not said


def heading(rows: Rows) -> str:
    """What one sees, in one sentence."""
    few, many = rows.recognised(PLAIN, FEW), rows.recognised(WALKS, MANY)
    found, all_found = rows.recall(PLAIN, FEW), rows.recall(WALKS, MANY)
    mended = rows.recall(BALANCED, FEW)
    if few >= many - NEAR and found < all_found - CLEAR:
        start = f"In {rows.most} dimensions two jumps are recognised as often as {MANY} steps of diffusion"
        more = f"; balanced, two jumps find {share(mended)}" if mended > found + CLEAR else ""
        return f"{start}, and find {share(found)} of the pictures where those find {share(all_found)}{more}."
    if few == few and many == many:
        start = f"In {rows.most} dimensions {share(few)} of two jumps are recognised and find {share(found)} of the pictures"
        return f"{start}; with {MANY} steps of diffusion it is {share(many)} and {share(all_found)}."
    return "What two steps keep where a picture is more than two numbers."


def paragraphs(rows: Rows) -> list[str]:
    """Why coverage falls, and what mends it: the sentences that the rows bear out."""
    told = (" ".join(filter(None, (sentence(rows) for sentence in part))) for part in (WHY, MENDS))
    return [said for said in told if said]


def falls(rows: Rows) -> str:
    """That coverage falls with the dimensions, and whether recognition does."""
    before, after = (rows.recall(PLAIN, FEW, d) for d in (rows.least, rows.most))
    if not before - after > CLEAR:
        return ""
    seen, still = (rows.recognised(PLAIN, FEW, d) for d in (rows.least, rows.most))
    other = "though no fewer" if still >= seen - NEAR else "and fewer"
    return (
        f"From {rows.least} to {rows.most} dimensions the share of real pictures that two jumps of the coalescer find "
        f"falls from {share(before)} to {share(after)}, {other} of its own are recognised ({share(seen)} and {share(still)})."
    )


def not_the_rule(rows: Rows) -> str:
    """Whether it is the lookup that loses the pictures or the network that learned it."""
    exact, learned, floor = rows.border(PLAIN_LOOKUP), rows.recall(PLAIN, 1), rows.floor()
    figures = (
        f"from the same points the lookup itself finds {share(exact)}, the network that learned it {share(learned)}"
    )
    if exact - learned > max(CLEAR, floor - exact):
        return f"The rule is not to blame: {figures}."
    return f"The rule itself loses most: {figures}." if floor - exact > max(CLEAR, exact - learned) else ""


def hubs(rows: Rows) -> str:
    """Whether a few pictures take most of the lookups."""
    taken = rows.border(HUBS)
    if taken <= CLEAR:
        return (
            f"Nor are a few pictures found by everybody: the most found hundredth takes {share(taken)} of the lookups."
        )
    if taken > CLEAR:
        return f"A few pictures are found too often: the most found hundredth takes {share(taken)} of the lookups."
    return ""


def borders(rows: Rows) -> str:
    """That random points lie nearer to a border the more dimensions there are, and far from their pairs."""
    before, after = (rows.border(MOVED, d) for d in (rows.least, rows.most))
    far, apart = rows.border(TO_PAIR), rows.border(APART)
    if not (after - before > CLEAR and far > apart and rows.border(PLAIN_LOOKUP) - rows.recall(PLAIN, 1) > CLEAR):
        return ""
    return (
        f"What grows is the number of borders: moved by .1 on every axis, {share(after)} of the random points belong to "
        f"another picture, {share(before)} in {rows.least} dimensions. From {number(far)} away a network is to tell pictures "
        f"apart that lie {number(apart)} from each other, and it answers with what is between them."
    )


def again(rows: Rows) -> str:
    """What a second jump of the published recipe does."""
    once, twice = rows.recall(PLAIN, 1), rows.recall(PLAIN, FEW)
    if once - twice > NEAR:
        return f"A second jump, made as the first, draws together what is left: {share(once)} become {share(twice)}."
    return (
        f"A second jump, made as the first, finds more: {share(once)} become {share(twice)}."
        if twice - once > NEAR
        else ""
    )


def balance(rows: Rows) -> str:
    """That a balanced index mends a part of it."""
    before, after = rows.recall(PLAIN, 1), rows.recall(BALANCED, 1)
    if not after - before > CLEAR:
        return ""
    return (
        "What mends it, first: a balanced index, which sends random points to all pairs alike, and a charge for where a jump "
        f"lands; one jump then finds {share(after)} in place of {share(before)}."
    )


def refined(rows: Rows) -> str:
    """That a second jump that is trained to refine the first loses nothing."""
    once, twice = rows.recall(BALANCED, 1), rows.recall(BALANCED, FEW)
    if not twice >= once - NEAR:
        return ""
    does = "adds to it" if twice - once > NEAR else "takes nothing away"
    return f"A second jump that is trained from where the first has landed {does}: {share(twice)}."


def flow(rows: Rows) -> str:
    """That the same coupling, learned as a flow, finds more with more steps."""
    jumps = max((rows.recall(BALANCED, steps) for steps in (1, FEW)), key=_known)
    few, more = (rows.recall(FLOW, steps) for steps in (FEW, SOME))
    if not more - jumps > NEAR:
        return ""
    return f"The same balanced pairs, learned as a flow, give {share(few)} in {FEW} steps and {share(more)} in {SOME}."


def walks(rows: Rows) -> str:
    """Whether many steps are still ahead in coverage."""
    most, many = max((rows.recall(*each) for each in FEW_STEPPERS), key=_known), rows.recall(WALKS, MANY)
    if many - most > NEAR:
        return f"In coverage many steps stay ahead: diffusion's {MANY} find {share(many)}, one or two {share(most)} at best."
    if many - most <= NEAR:
        return f"In coverage one or two steps have caught up: {share(most)} at best, diffusion's {MANY} find {share(many)}."
    return ""


def guidance(rows: Rows) -> str:
    """That guidance makes diffusion as recognisable."""
    best = max((rows.recognised(*each) for each in FEW_STEPPERS), key=_known)
    bare, guided = rows.recognised(WALKS, MANY), rows.recognised(GUIDED, MANY)
    if not (guided >= best - NEAR and guided > bare):
        return ""
    return (
        f"To be recognised is no distinction: guided by {GUIDED.guidance:g}, diffusion is at {share(guided)} ({share(bare)} "
        f"without), one or two steps are at {share(best)} at best."
    )


def price(rows: Rows) -> str:
    """What guidance takes for what it gives: of diffusion, and of the flow that learns it."""
    told = [
        f"{name} {share(rows.recall(guided, steps))} in place of {share(rows.recall(bare, steps))}"
        for name, guided, bare, steps in (
            ("diffusion finds", GUIDED, WALKS, MANY),
            ("the flow", GUIDED_FLOW, FLOW, SOME),
        )
        if rows.recognised(guided, steps) > rows.recognised(bare, steps)
        and rows.recall(guided, steps) < rows.recall(bare, steps) - NEAR
    ]
    return f"And guidance has its price: {', '.join(told)}." if told else ""


WHY: tuple[Sentence, ...] = (falls, not_the_rule, hubs, borders, again)
MENDS: tuple[Sentence, ...] = (balance, refined, flow, walks, guidance, price)


def share(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def number(value: float) -> str:
    """A distance in space units."""
    return f"{value:.2g}"


def _known(value: float) -> float:
    return value if value == value else -1.0
