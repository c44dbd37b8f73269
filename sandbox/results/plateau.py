"""The plateau of desc_scale: between too small, where the description is ignored, and too large, where its noise decides."""

import numpy as np
import pandas as pd

DROP = 0.05  # how far under its best a share may lie on the plateau


def edges(table: pd.DataFrame) -> tuple[float, float]:
    """The smallest and the largest desc_scale at which every concept is within DROP of its best in-region share.

    table: rows with the columns desc_scale, concept and in_region, one for each pair of these -> (low, high), not numbers where
    no value will do. The range around the value whose worst concept is best; beyond an edge may be good values again.
    """
    shares = table.pivot_table(index="desc_scale", columns="concept", values="in_region").sort_index()
    good = (shares >= shares.max() - DROP).all(axis=1).to_numpy()
    if not good.any():
        return float("nan"), float("nan")
    best = int(np.argmax(np.where(good, shares.min(axis=1), -1.0)))
    low = high = best
    while low > 0 and good[low - 1]:
        low -= 1
    while high < len(good) - 1 and good[high + 1]:
        high += 1
    return float(shares.index[low]), float(shares.index[high])
