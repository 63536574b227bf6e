"""Per split and metric how many repeats, their mean and their spread; the content of summary.json."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from cnnlab.runs.measures import Interval, Measure, measure_of
from cnnlab.runs.record import Count, Record
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RunData

CONFIDENCE = 0.95
ROUNDING = 1e-12  # relative to the values: a spread below it is floating-point noise
SD_DEFINITION = "sample standard deviation (n - 1); null for n = 1"


@dataclass(frozen=True)
class Summary:
    """Mean and spread of one metric over repeats.

    n counts the finite values, and every statistic is of those. left_out counts the others (None, NaN,
    infinite): a repeat that diverged has no place in a mean, and must not vanish from the report either.
    sd is the sample standard deviation. ci95 is an interval for the mean, Student's t's within the range of the metric
    (`Measure.around`). Both are None for n < 2, ci95 also where all values are equal: they say nothing of how far
    others would lie. mean, minimum and maximum are None for n = 0. values holds everything, in the order given.
    """

    n: int
    mean: float | None
    sd: float | None
    ci95: Interval | None
    minimum: float | None
    maximum: float | None
    left_out: int
    values: tuple[float | None, ...]

    @property
    def finite(self) -> tuple[float, ...]:
        """The values that the statistics are of."""
        return _finite(self.values)


def summarize(values: Iterable[float | None], metric: str = "") -> Summary:
    """Return n, mean, sd, 95 % interval, lowest and highest of `values`; see `Summary` for what is not finite.

    metric: its range holds the interval, unless one of the values lies outside.
    """
    given = tuple(None if value is None else float(value) for value in values)
    finite = _finite(given)
    n = len(finite)
    mean = statistics.mean(finite) if n else None
    sd = sample_sd(finite)
    interval = None
    if mean is not None and sd:
        half = t_quantile(n - 1) * sd / math.sqrt(n)
        interval = possible(metric, finite).around(mean, half)
    return Summary(
        n, mean, sd, interval, min(finite, default=None), max(finite, default=None), len(given) - n, given
    )


def sample_sd(values: Sequence[float]) -> float | None:
    """Return the sample standard deviation (n - 1), 0 where values differ by rounding alone; None for n < 2."""
    if len(values) < 2:
        return None
    sd = statistics.stdev(values)
    return sd if sd > ROUNDING * max(map(abs, values)) else 0.0


def possible(metric: str, values: Iterable[float]) -> Measure:
    """The range of a metric; of one that does not keep to what its name promises, any number."""
    measure = measure_of(metric)
    return measure if measure.holds(values) else Measure()


def t_quantile(degrees_of_freedom: float, confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors a two-sided interval of that confidence reaches to each side."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees_of_freedom, (1 + confidence) / 2))


BySplit = dict[str, dict[str, Summary]]


class RunSummary(Record):
    """The content of summary.json: the finished repeats of a run, by split and metric, and their baselines."""

    name: str | None = None
    status: str | None = None
    data: str | None = None
    positive_class: str | None = None
    sd_definition: str = SD_DEFINITION
    confidence: float = CONFIDENCE
    repeats_planned: Count | None = None
    repeats: tuple[Count, ...] = ()
    seeds: tuple[Count | None, ...] = ()
    metrics: BySplit = Field({})
    baseline: BySplit = Field({})


def summaries_of(run: RunData) -> dict[tuple[str, str], Summary]:
    """The finished repeats of `run`, by split and metric."""
    return _summaries([repeat.result.metrics for repeat in run.done])


def baseline_summaries(run: RunData) -> dict[tuple[str, str], Summary]:
    """The same of their baselines; empty where there are none."""
    return _summaries([repeat.result.baseline for repeat in run.done])


def _summaries(repeats: Sequence[Mapping[str, Mapping[str, float | None]]]) -> dict[tuple[str, str], Summary]:
    found = {}
    for split in SPLIT_NAMES:
        metrics = [figures.get(split, {}) for figures in repeats]
        for name in dict.fromkeys(name for values in metrics for name in values):
            found[split, name] = summarize((values.get(name) for values in metrics), name)
    return found


def summarize_run(run: RunData) -> RunSummary:
    """Return the content of summary.json: the finished repeats of `run`, per split and metric."""
    return RunSummary(
        name=run.name,
        status=run.status,
        data=run.data.name,
        positive_class=run.positive_class,
        sd_definition=SD_DEFINITION,
        confidence=CONFIDENCE,
        repeats_planned=len(run.repeats),
        repeats=tuple(repeat.k for repeat in run.done),
        seeds=tuple(repeat.seed for repeat in run.done),
        metrics=_by_split(summaries_of(run)),
        baseline=_by_split(baseline_summaries(run)),
    )


def _by_split(summaries: Mapping[tuple[str, str], Summary]) -> BySplit:
    found: BySplit = {}
    for (split, name), summary in summaries.items():
        found.setdefault(split, {})[name] = summary
    return found


def _finite(values: Iterable[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None and math.isfinite(value))
