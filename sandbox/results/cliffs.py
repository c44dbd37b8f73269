"""The cliffs of desc_scale in more dimensions: where the description is not heard, and where coverage breaks off."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sandbox.results.evidence import CLEAR, share
from sandbox.results.plateau import DROP

Cliffs = tuple[float, float]


def cliffs(rows: pd.DataFrame) -> Cliffs:
    """The least desc_scale with as many recognised as at the best, and how far from there recall stays as good as at its best.

    Both but for DROP. `rows` are of one method, one for each desc_scale, in order; at least one.
    """
    heard = rows[rows.recognised >= rows.recognised.max() - DROP].desc_scale.iloc[0]
    after = rows[rows.desc_scale >= heard]
    good = (after.recall >= after.recall.max() - DROP).to_numpy()
    first = int(np.argmax(good))
    lost = np.flatnonzero(~good[first:])
    last = first + int(lost[0]) - 1 if len(lost) else len(good) - 1
    return float(heard), float(after.desc_scale.iloc[last])


def sentences(learned: pd.DataFrame, exact: pd.DataFrame) -> Iterator[str]:
    """What the curves of one jump, and of the lookup that it learned, say at both ends; none where there is no cliff."""
    low, high = cliffs(learned)
    known = learned.set_index("desc_scale")
    least, most = known.iloc[0], known.iloc[-1]
    if known.recognised[low] - least.recognised > CLEAR:
        yield (
            f"Under {low:g} the description is not always heard: of one jump's pictures {share(least.recognised)} are "
            f"recognised at {least.name:g}, {share(known.recognised[low])} at {low:g}."
        )
    if known.recall[high] - most.recall > CLEAR:
        still = (
            "as many are recognised"
            if known.recognised[high] - most.recognised <= DROP
            else "fewer are recognised, too"
        )
        yield (
            f"Over {high:g} the description decides alone which pair is meant, and {still} ({share(most.recognised)} at "
            f"{most.name:g}): it is recall that falls, from {share(known.recall[high])} to {share(most.recall)}."
        )
        found = exact.set_index("desc_scale").recall.get(most.name, np.nan)
        if found - most.recall > CLEAR:
            yield f"The lookup itself finds {share(found)} there: it has more borders than the network can learn."
