"""The published values that a config gives, and whether a run's results may stand beside them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnlab.errors import counted, first_few
from cnnlab.report.setting import changes_of_setting
from cnnlab.runs.read import Run
from cnnlab.runs.record import as_number
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.summary import summarize

MOST_NAMED = 3


@dataclass(frozen=True)
class PublishedValue:
    """One published metric: the values of its repeats, or a single figure whose n and sd were not reported.

    n and sd are None where not known.
    """

    mean: float
    sd: float | None
    n: int | None
    values: tuple[float, ...]


def published_values(published: Mapping[str, Any]) -> dict[tuple[str, str], PublishedValue]:
    """Return the published metrics by (split, metric), out of keys such as ``test_accuracy``."""
    found = {}
    for key, value in published.items():
        split, _, metric = str(key).partition("_")
        entry = _entry(value)
        if split in SPLIT_NAMES and metric and entry is not None:
            found[split, metric] = entry
    return found


def why_not_comparable(run: Run) -> str | None:
    """Return why this run's results must not be held against the published ones; None when they may."""
    if not run.published:
        return None
    used = run.data.dataset
    named = run.published.get("dataset")
    if run.data.bundled_for:
        return f"run on {run.data.name}, which came with cnnlab, published on {named}"
    if used is None or named is None:
        return "it is not known whether the published values are of the data used here"
    if used != named:
        return f"run on {run.data.name} ({used}), published on {named}"
    limit = run.setting("data", "limit_per_split")
    if limit is not None:
        return f"run on at most {counted(limit, 'image')} of each split"
    changes = changes_of_setting(run)
    return f"run with other settings than published: {first_few(changes, MOST_NAMED)}" if changes else None


def _entry(value: Any) -> PublishedValue | None:
    if isinstance(value, list | tuple):
        numbers = [number for number in map(as_number, value) if number is not None and math.isfinite(number)]
        summary = summarize(numbers)
        if summary.mean is None:
            return None
        return PublishedValue(summary.mean, summary.sd, summary.n, summary.finite)
    number = as_number(value)
    if number is None or not math.isfinite(number):
        return None
    return PublishedValue(number, None, None, (number,))
