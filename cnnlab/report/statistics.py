"""Is a difference between two sets of repeats more than chance? SciPy is imported on first use."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from cnnlab.runs.summary import Summary, summarize, t_quantile

LEVEL = 0.05


@dataclass(frozen=True)
class Difference:
    """The difference of two means, ours minus theirs, with Welch's t-test, which lets the spreads differ.

    ci95 is the interval of the difference, p the two-sided probability of a t this large by chance alone.
    """

    difference: float
    ci95: tuple[float, float]
    t: float
    degrees_of_freedom: float
    p: float

    @property
    def chance_explains_it(self) -> bool:
        """Whether p is at least 0.05; with few repeats no proof that there is no difference."""
        return self.p >= LEVEL


def welch(ours: Iterable[float | None], theirs: Iterable[float | None]) -> Difference | None:
    """Compare two independent samples; values that are not finite are left out.

    None where the test says nothing: a side with fewer than two values, or no spread on either side.
    """
    a, b = summarize(ours), summarize(theirs)
    variances = _variance_of_mean(a), _variance_of_mean(b)
    if variances[0] is None or variances[1] is None or a.mean is None or b.mean is None:
        return None
    total = variances[0] + variances[1]
    if total <= 0 or not math.isfinite(total):
        return None
    shares = variances[0] / total, variances[1] / total
    degrees = 1 / (shares[0] ** 2 / (a.n - 1) + shares[1] ** 2 / (b.n - 1))
    difference, error = a.mean - b.mean, math.sqrt(total)
    half = t_quantile(degrees) * error
    t = difference / error
    return Difference(difference, (difference - half, difference + half), t, degrees, two_sided_p(t, degrees))


def two_sided_p(t: float, degrees_of_freedom: float) -> float:
    """Return the probability, under Student's t distribution, of a value at least as far from 0 as `t`."""
    from scipy.special import stdtr

    return float(2 * stdtr(degrees_of_freedom, -abs(t)))


def _variance_of_mean(summary: Summary) -> float | None:
    return None if summary.sd is None else summary.sd * summary.sd / summary.n
