"""Whether counts follow a law."""

import numpy as np
from scipy.stats import chi2


def follow(counts, shares):
    """Whether counts fit these probabilities by Pearson's chi-square, 1 time in 10,000 wrongly not."""
    counts, expected = np.asarray(counts), np.sum(counts) * np.asarray(shares)
    seen = expected > 0
    statistic = (np.square(counts - expected)[seen] / expected[seen]).sum()
    return bool((counts[~seen] == 0).all() and statistic <= chi2.ppf(1 - 1e-4, max(seen.sum() - 1, 1)))
