"""Is a difference between two sets of repeats more than chance? SciPy is imported on first use.

Welch's test for independent repeats, the paired t-test and the sign test where repeats share their seeds; for
each the smallest true difference that it would probably have found.
"""

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cnnlab.runs.measures import Interval, Measure
from cnnlab.runs.summary import ROUNDING, Summary, possible, summarize, t_quantile

LEVEL = 0.05
POWER = 0.8


@dataclass(frozen=True)
class Difference:
    """The difference of two means, ours minus theirs, with a t-test.

    ci95 is the interval of the difference, cut to what two values of the metric can differ by; it leaves out 0 exactly
    where p, the two-sided probability of a t this large by chance alone, is below 0.05.
    effect_size is Hedges' g for independent repeats (Hedges 1981), Cohen's d_z for paired ones; None where the
    spread is 0. detectable is the smallest true difference that four of five such comparisons would find; None where
    the reference cannot be so far from any value of the metric, and the repeats are too few to tell.
    """

    difference: float
    ci95: Interval
    t: float
    degrees_of_freedom: float
    p: float
    effect_size: float | None
    detectable: float | None

    @property
    def chance_explains_it(self) -> bool:
        """Whether p is at least 0.05; with few repeats no proof that there is no difference."""
        return self.p >= LEVEL


@dataclass(frozen=True)
class SignTest:
    """How many pairs went up and down, ties left out, and the exact two-sided binomial p."""

    up: int
    down: int
    ties: int
    p: float


@dataclass(frozen=True)
class Paired:
    """Differences of pairs, ours minus theirs; test is None when all of them are the same number."""

    differences: tuple[float, ...]
    mean: float
    sd: float
    test: Difference | None
    sign: SignTest


def welch(
    ours: Iterable[float | None], theirs: Iterable[float | None], metric: str = ""
) -> Difference | None:
    """Compare two independent samples, whose spreads may differ; values that are not finite are left out.

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
    measure = possible(metric, [*a.finite, *b.finite])
    return _difference(a.mean - b.mean, b.mean, math.sqrt(total), degrees, hedges_g(a, b), measure)


def paired(ours: Sequence[float | None], theirs: Sequence[float | None], metric: str = "") -> Paired | None:
    """Compare samples whose entries belong together; pairs with a value that is not finite are left out.

    None for fewer than two pairs.
    """
    pairs = [pair for pair in zip(ours, theirs, strict=True) if all(map(_finite, pair))]
    values = [value for pair in pairs for value in pair if value is not None]
    differences = tuple(a - b for a, b in zip(values[::2], values[1::2], strict=True))
    summary = summarize(differences)
    if summary.mean is None or summary.sd is None:
        return None
    noise = ROUNDING * max(map(abs, values))
    sd = summary.sd if summary.sd > noise else 0.0
    test = None
    if sd:
        base, effect = statistics.mean(values[1::2]), summary.mean / sd
        error, measure = sd / math.sqrt(summary.n), possible(metric, values)
        test = _difference(summary.mean, base, error, summary.n - 1, effect, measure)
    return Paired(differences, summary.mean, sd, test, sign_test(differences, noise))


def sign_test(differences: Iterable[float], noise: float = 0.0) -> SignTest:
    """Count the signs; p is the probability of a split at least as uneven if up and down were equally likely."""
    given = list(differences)
    up = sum(value > noise for value in given)
    down = sum(value < -noise for value in given)
    n = up + down
    tail = sum(math.comb(n, k) for k in range(min(up, down) + 1))
    return SignTest(up, down, len(given) - n, min(1.0, 2 * tail / 2**n))


def detectable_difference(standard_error: float, degrees_of_freedom: float, power: float = POWER) -> float:
    """Return the smallest true difference that a two-sided t-test at 5 % finds with that probability.

    The noncentral t distribution is solved for its noncentrality (Cohen 1988, chapter 2); the other tail,
    below 1e-6, is left out.
    """
    from scipy.special import nctdtrinc

    return float(nctdtrinc(degrees_of_freedom, 1 - power, t_quantile(degrees_of_freedom))) * standard_error


def prediction_interval(summary: Summary, metric: str = "") -> Interval | None:
    """Return where one further repeat falls with 95 % probability; None for fewer than two values, or equal ones."""
    if summary.mean is None or not summary.sd:
        return None
    half = t_quantile(summary.n - 1) * summary.sd * math.sqrt(1 + 1 / summary.n)
    return possible(metric, summary.finite).cut(summary.mean - half, summary.mean + half)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p values adjusted for being several (Holm 1979), in the order given."""
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


def hedges_g(a: Summary, b: Summary) -> float | None:
    """Return the difference of the means in pooled sample sds, corrected for small n; None without spread."""
    degrees = a.n + b.n - 2
    if a.sd is None or b.sd is None or a.mean is None or b.mean is None:
        return None
    pooled = math.sqrt(((a.n - 1) * a.sd**2 + (b.n - 1) * b.sd**2) / degrees)
    return (a.mean - b.mean) / pooled * (1 - 3 / (4 * degrees - 1)) if pooled else None


def two_sided_p(t: float, degrees_of_freedom: float) -> float:
    """Return the probability, under Student's t distribution, of a value at least as far from 0 as `t`."""
    from scipy.special import stdtr

    return float(2 * stdtr(degrees_of_freedom, -abs(t)))


def _difference(
    mean: float, reference: float, error: float, degrees: float, effect: float | None, measure: Measure
) -> Difference:
    """The test of a difference of that mean and standard error from the mean of the reference."""
    half = t_quantile(degrees) * error
    t, detectable = mean / error, detectable_difference(error, degrees)
    farthest = max(reference - measure.low, measure.high - reference)
    return Difference(
        mean,
        measure.of_differences.cut(mean - half, mean + half),
        t,
        degrees,
        two_sided_p(t, degrees),
        effect,
        detectable if detectable <= farthest else None,
    )


def _variance_of_mean(summary: Summary) -> float | None:
    return None if summary.sd is None else summary.sd * summary.sd / summary.n


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
