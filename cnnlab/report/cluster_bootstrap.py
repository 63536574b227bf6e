"""Intervals and tests by resampling whole groups with replacement, such as patients or slides.

Source: Davison and Hinkley (1997), Bootstrap Methods and their Application, section 3.8; the quantiles are set farther
apart for few groups as in Hesterberg (2015), What Teachers Should Know About the Bootstrap, section 5.3.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnnlab.runs.measures import Interval
from cnnlab.runs.summary import t_quantile

if TYPE_CHECKING:
    import numpy as np

RESAMPLES = 2000
FEWEST_GROUPS = 5
AT_A_TIME = 2**22
MOST_UNDEFINED = 0.05
"""Of the resamples: an interval of fewer would be one of other images than these."""


def draw_groups(groups: int, resamples: int = RESAMPLES, seed: int = 0) -> "Iterator[np.ndarray]":
    """Draw resamples of so many groups: how often each takes each of them, int64 (resamples, groups), some at a time.

    The same numbers for the same number of groups, so that what is resampled at different times can be compared.
    """
    import numpy as np

    rng, rows = np.random.default_rng([seed, groups]), max(1, AT_A_TIME // groups)
    for start in range(0, resamples, rows):
        yield rng.multinomial(groups, np.full(groups, 1 / groups), min(rows, resamples - start))


def percentile_interval(figures: "np.ndarray", groups: int) -> Interval | None:
    """Return the 95 % interval of a figure from its values in resamples, float64 (resamples,), of so many groups.

    From the k-th smallest to the k-th largest, k being the share `tail_share` of the resamples. None for fewer than 5
    groups, where more than a twentieth of the resamples is undefined (nan), and where all are equal.
    """
    import numpy as np

    known = np.sort(figures[np.isfinite(figures)])
    if groups < FEWEST_GROUPS or len(known) < (1 - MOST_UNDEFINED) * len(figures):
        return None
    k = math.floor(tail_share(groups) * (len(known) + 1))
    return (float(known[k - 1]), float(known[-k])) if k > 0 and known[0] < known[-1] else None


def tail_share(groups: int) -> float:
    """Return which share of the resamples lies beyond each end of a 95 % interval.

    Phi(-sqrt(G / (G - 1)) t) for G groups, with t of G - 1 degrees of freedom: 2.5 % of very many groups, 0.9 % of
    ten. A figure of resamples spreads by sqrt((G - 1) / G) less than one of new groups, and by how much these spread is
    known from G alone: it is what turns a normal interval of a mean into Student's.
    """
    from scipy.special import ndtr

    return float(ndtr(-math.sqrt(groups / (groups - 1)) * t_quantile(groups - 1)))


def p_value(differences: "np.ndarray", groups: int) -> float:
    """Return the two-sided p of a difference from its values in resamples; below 0.05 where the interval omits 0.

    With the share q of resamples on the rarer side of 0, (count + 1) / (resamples + 1), it is that of Student's t for
    Phi^-1(q) / sqrt(G / (G - 1)): the level at which `percentile_interval` would begin to hold 0.
    """
    import numpy as np
    from scipy.special import ndtri, stdtr

    known = differences[np.isfinite(differences)]
    rarer = min((known <= 0).sum(), (known >= 0).sum())
    q = min((int(rarer) + 1) / (len(known) + 1), 0.5)
    return float(2 * stdtr(groups - 1, ndtri(q) / math.sqrt(groups / (groups - 1))))
