"""Which values a metric can have at all, and intervals of its mean that stay among them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

Interval = tuple[float, float]

SHARES = frozenset({"auc", "ece", "f1", "precision", "recall", "sensitivity", "specificity"})
AGREEMENTS = frozenset({"kappa", "matthews"})
LOSSES = frozenset({"entropy", "loss"})


@dataclass(frozen=True)
class Measure:
    """The lowest and the highest value there can be; infinite where there is no such end."""

    low: float = -math.inf
    high: float = math.inf

    @property
    def of_differences(self) -> "Measure":
        """The range of a difference of two such values."""
        return Measure(self.low - self.high, self.high - self.low)

    def holds(self, values: Iterable[float]) -> bool:
        """Whether all the values are possible."""
        return all(self.low <= value <= self.high for value in values)

    def cut(self, low: float, high: float) -> Interval:
        """Return the part of an interval that lies within the range."""
        return min(max(low, self.low), self.high), min(max(high, self.low), self.high)

    def around(self, mean: float, half: float) -> Interval:
        """Return a confidence interval of a mean inside the range, of which Student's t alone would reach `half` far.

        It holds every true mean m with (mean - m)^2 <= half^2 V(m) / V(mean). V is how the variance depends on the
        mean: (m - low)(high - m) where both ends are finite, m - low above a lower end, else constant. For a share
        with the variance of a binomial that is Wilson's interval (1927); where the spread is small beside the distance
        to the ends, it is Student's.
        """
        above, width = mean - self.low, self.high - self.low
        if not 0 < above < math.inf or self.high <= mean:
            return self.cut(mean - half, mean + half)
        if width < math.inf:
            ratio = half * half / (above * (self.high - mean))
            shift, scale = ratio * width / 2, 1 + ratio
        else:
            shift, scale = half * (half / above) / 2, 1.0
        upper = above + shift + math.hypot(half, shift)
        return self.cut(self.low + above * (above / upper), self.low + upper / scale)


def measure_of(metric: str) -> Measure:
    """Return the range of a metric by its name; a name that is not known has none."""
    words = set(metric.split("_"))
    if is_percent(metric) or words & SHARES:
        return Measure(0, 1)
    if words & AGREEMENTS:
        return Measure(-1, 1)
    return Measure(0) if words & LOSSES else Measure()


def is_percent(metric: str) -> bool:
    """Whether tables show this metric in percent: accuracies, top-k accuracy among them."""
    return "accuracy" in metric or metric.startswith("top_")
