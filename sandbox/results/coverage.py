"""Why coverage falls beyond the plane and what mends it, in sentences that are made of the tables' rows.

Each sentence is a function of the rows, and carries its condition: where its rows are lacking, or say otherwise, it is not said
or says the other thing. No figure is written here.
"""

from collections.abc import Callable
from math import asin, degrees

from sandbox.results.evidence import (
    APART,
    BALANCED,
    CLEAR,
    FEW,
    FEW_STEPPERS,
    FLOW,
    GUIDED,
    GUIDED_FLOW,
    HUBS,
    MANY,
    NEAR,
    PARTED,
    PLAIN,
    PLAIN_LOOKUP,
    SOME,
    TO_PAIR,
    WALKS,
    Entrant,
    Rows,
    known,
    number,
    share,
)

Sentence = Callable[[Rows], str]  # "" where it is not said


def heading(rows: Rows) -> str:
    """What one sees: two balanced jumps beside diffusion at its most recognisable, and the published recipe."""
    many, name = max(((rows.recognised(who, MANY), who) for who in (WALKS, GUIDED)), key=lambda each: known(each[0]))
    mine, found, all_found = rows.recognised(BALANCED, FEW), rows.recall(BALANCED, FEW), rows.recall(name, MANY)
    steps = f"{MANY} {'guided ' * (name == GUIDED)}steps of diffusion"
    if not (mine == mine and many == many):
        return "What two steps keep where a picture is more than two numbers."
    if mine < many - NEAR:
        start = f"In {rows.most} dimensions {share(mine)} of two balanced jumps are recognised and find {share(found)} of all"
        return f"{start}; with {steps} it is {share(many)} and {share(all_found)}."
    as_often = (
        f"{'as often as' if mine <= many + NEAR else 'no less often than'} {steps} ({share(mine)} and {share(many)})"
    )
    found_too = f"find {share(found)} of the pictures where those find {share(all_found)}"
    return f"In {rows.most} dimensions two balanced jumps are recognised {as_often}, and {found_too}{_published(rows)}."


def _published(rows: Rows) -> str:
    """What the published recipe loses beside the balanced one."""
    seen, found = rows.recognised(PLAIN, FEW), rows.recall(PLAIN, FEW)
    if rows.recognised(BALANCED, FEW) - seen > CLEAR:
        return f"; of the published recipe's {share(seen)} are recognised"
    return f"; the published recipe's find {share(found)}" if rows.recall(BALANCED, FEW) - found > CLEAR else ""


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


def lands(rows: Rows) -> str:
    """That jumps miss the pictures, and that a second one misses them by more."""
    near, real, seen = rows.precision(PLAIN, 1), rows.precision(Entrant("real"), 0), rows.recognised(PLAIN, 1)
    if not real - near > CLEAR:
        return ""
    once, twice = rows.distance(PLAIN, 1), rows.distance(PLAIN, FEW)
    further = f"; a second jump goes further astray, to an energy distance of {number(twice)} from {number(once)}"
    return (
        f"Its jumps miss: {share(near)} land as near to real pictures as real ones are to each other, and {share(seen)} are "
        f"recognised{further * (twice > (1 + CLEAR) * once)}."
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


def not_learned(rows: Rows) -> str:
    """That the lookup is recognised where the network that learned it is not, at the desc_scale of both."""
    exact, learned = (rows.at_the_usual_scale(name) for name in ("nearest-pair", PLAIN.method))
    if not exact - learned > CLEAR:
        return ""
    told = f"the lookup itself is recognised in {share(exact)}, the network that learned it in {share(learned)}"
    return f"In eight dimensions {told}."


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
    """That more borders lie between neighbouring random points the more dimensions there are."""
    before, after = (rows.border(PARTED, d) for d in (rows.least, rows.most))
    far, apart = rows.border(TO_PAIR), rows.border(APART)
    if not (after - before > CLEAR and far > apart):
        return ""
    return (
        f"What grows is the number of borders: of 18,000 other random points the nearest belongs to another picture for "
        f"{share(after)}, in {rows.least} dimensions for {share(before)}; what a network was shown nearby says little. From R "
        f"a picture is {number(far)} away and the next one {number(apart)} beside it: a direction that is wrong by "
        f"{degrees(asin(apart / far)):.0f} degrees misses it."
    )


def again(rows: Rows) -> str:
    """What a second jump of the published recipe does."""
    once, twice = rows.recall(PLAIN, 1), rows.recall(PLAIN, FEW)
    if abs(once - twice) <= NEAR or once != once or twice != twice:
        return ""
    return f"A second jump, made as the first, finds {'fewer' if twice < once else 'more'}: {share(twice)} after {share(once)}."


def balance(rows: Rows) -> str:
    """That a balanced index mends a part of it."""
    told = [
        f"{verb} {share(figure(BALANCED, 1))} in place of {share(figure(PLAIN, 1))}"
        for verb, figure in (("is recognised in", rows.recognised), ("finds", rows.recall))
        if figure(BALANCED, 1) - figure(PLAIN, 1) > CLEAR
    ]
    if not told:
        return ""
    return (
        "What mends it, first: a balanced index, which sends random points to all pairs alike, and a charge for where a jump "
        f"lands; one jump then {' and '.join(told)}."
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
    jumps = max((rows.recall(BALANCED, steps) for steps in (1, FEW)), key=known)
    few, more = (rows.recall(FLOW, steps) for steps in (FEW, SOME))
    if not more - jumps > NEAR:
        return ""
    return f"The same balanced pairs, learned as a flow, give {share(few)} in {FEW} steps and {share(more)} in {SOME}."


def walks(rows: Rows) -> str:
    """Whether many steps are still ahead in coverage."""
    most, many = max((rows.recall(*each) for each in FEW_STEPPERS), key=known), rows.recall(WALKS, MANY)
    if many - most > NEAR:
        return f"In coverage many steps stay ahead: diffusion's {MANY} find {share(many)}, one or two {share(most)} at best."
    if many - most <= NEAR:
        return f"In coverage one or two steps have caught up: {share(most)} at best, diffusion's {MANY} find {share(many)}."
    return ""


def guidance(rows: Rows) -> str:
    """That guidance makes diffusion as recognisable."""
    best = max((rows.recognised(*each) for each in FEW_STEPPERS), key=known)
    bare, guided = rows.recognised(WALKS, MANY), rows.recognised(GUIDED, MANY)
    figures = f"guided by {GUIDED.guidance:g}, diffusion is at {share(guided)} ({share(bare)} without)"
    few = f"one or two steps are at {share(best)} at best"
    if guided >= best - NEAR and guided > bare:
        return f"To be recognised is no distinction: {figures}, {few}."
    return (
        f"In being recognised guidance gives diffusion much of it, too: {figures}, {few}."
        if guided - bare > NEAR
        else ""
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


WHY: tuple[Sentence, ...] = (falls, lands, not_the_rule, not_learned, hubs, borders, again)
MENDS: tuple[Sentence, ...] = (balance, refined, flow, walks, guidance, price)
