"""summary.json and summary.csv: per split and metric how many repeats, their mean and their spread."""

import csv
import io
import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab.files import plain, write_json, write_text

if TYPE_CHECKING:
    from cnnlab.runs.read import Run

CONFIDENCE = 0.95
SD_DEFINITION = "sample standard deviation (n - 1); null for n = 1"
SPLITS = ("train", "validation", "test")
CSV_COLUMNS = (
    *("split", "metric", "n", "mean", "sd", "ci95_low", "ci95_high"),
    *("minimum", "maximum", "left_out", "values", "data"),
)


@dataclass(frozen=True)
class Summary:
    """Mean and spread of one metric over repeats.

    n counts the finite values, and every statistic is of those. left_out counts the others (None, NaN,
    infinite): a repeat that diverged has no place in a mean, and must not vanish from the report either.
    sd is the sample standard deviation; sd and ci95 (a t interval for the mean) are None for n < 2, mean,
    minimum and maximum for n = 0. values holds everything, in the order given.
    """

    n: int
    mean: float | None
    sd: float | None
    ci95: tuple[float, float] | None
    minimum: float | None
    maximum: float | None
    left_out: int
    values: tuple[float | None, ...]

    @property
    def finite(self) -> tuple[float, ...]:
        """The values that the statistics are of."""
        return _finite(self.values)


def summarize(values: Iterable[float | None]) -> Summary:
    """Return n, mean, sd, 95 % interval and range of `values`; see `Summary` for what is not finite."""
    given = tuple(None if value is None else float(value) for value in values)
    finite = _finite(given)
    n = len(finite)
    mean = statistics.mean(finite) if n else None
    sd = statistics.stdev(finite) if n > 1 else None
    interval = None
    if mean is not None and sd is not None:
        half = t_quantile(n - 1) * sd / math.sqrt(n)
        interval = (mean - half, mean + half)
    return Summary(
        n, mean, sd, interval, min(finite, default=None), max(finite, default=None), len(given) - n, given
    )


def t_quantile(degrees_of_freedom: float, confidence: float = CONFIDENCE) -> float:
    """Return how many standard errors a two-sided interval of that confidence reaches to each side."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees_of_freedom, (1 + confidence) / 2))


def write_summary(folder: str | Path) -> dict[str, Any]:
    """Write summary.json and summary.csv into a run folder from its repeats' results; returns the former."""
    from cnnlab.runs.read import load_run

    run = load_run(folder)
    summary = dict(plain(summarize_run(run)))
    write_json(run.path / "summary.json", summary)
    write_text(run.path / "summary.csv", _to_csv(summary["metrics"], summary["data"]))
    return summary


def summarize_run(run: "Run") -> dict[str, Any]:
    """Return the content of summary.json: the finished repeats of `run`, per split and metric."""
    done = [repeat for repeat in run.repeats if repeat.result is not None]
    metrics: dict[str, dict[str, Any]] = {}
    for split in SPLITS:
        names = list(dict.fromkeys(name for repeat in done for name in repeat.metrics(split)))
        if names:
            metrics[split] = {
                name: asdict(summarize(repeat.metrics(split).get(name) for repeat in done)) for name in names
            }
    return {
        "name": run.name,
        "status": run.status,
        "data": run.data_title,
        "sd_definition": SD_DEFINITION,
        "confidence": CONFIDENCE,
        "repeats_planned": len(run.repeats),
        "repeats": [repeat.k for repeat in done],
        "seeds": [repeat.seed for repeat in done],
        "metrics": metrics,
    }


def _to_csv(metrics: dict[str, dict[str, Any]], data: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for split, by_name in metrics.items():
        for name, summary in by_name.items():
            low, high = summary["ci95"] or (None, None)
            spread = [summary[key] for key in ("n", "mean", "sd")]
            rest = [summary[key] for key in ("minimum", "maximum", "left_out")]
            writer.writerow([split, name, *spread, low, high, *rest, _joined(summary["values"]), data])
    return buffer.getvalue()


def _joined(values: Sequence[float | str | None]) -> str:
    return " ".join("-" if value is None else str(value) for value in values)


def _finite(values: Iterable[float | None]) -> tuple[float, ...]:
    return tuple(value for value in values if value is not None and math.isfinite(value))
