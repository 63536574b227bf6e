"""How two runs differ: their configs key by key, their environments, their results."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RunData
from cnnlab.runs.summary import Summary, summarize

ENVIRONMENT = {
    *("cnnlab", "python", "platform", "host", "packages", "machine", "variables", "keras_json", "command"),
    *("git", "data", "extensions", "layout"),
}
ABSENT = None


@dataclass(frozen=True)
class Change:
    """One key with its value in either run; None where a run has no such key, or null."""

    key: str
    a: Any
    b: Any


@dataclass(frozen=True)
class MetricPair:
    """One metric of either run over its finished repeats."""

    split: str
    metric: str
    a: Summary
    b: Summary

    @property
    def difference(self) -> float | None:
        """The mean of b minus that of a; None where either has none."""
        return None if self.a.mean is None or self.b.mean is None else self.b.mean - self.a.mean


@dataclass(frozen=True)
class RunDiff:
    """Two runs side by side."""

    config: tuple[Change, ...]
    environment: tuple[Change, ...]
    results: tuple[MetricPair, ...]


def diff_runs(a: RunData, b: RunData) -> RunDiff:
    """Return in what two runs differ, and the results of both."""
    environments = [run.environment.model_dump(mode="json", include=ENVIRONMENT) for run in (a, b)]
    return RunDiff(
        config=tuple(_changes("", a.config, b.config)),
        environment=tuple(_changes("", *environments)),
        results=tuple(_results(a, b)),
    )


def _changes(key: str, a: Any, b: Any) -> Iterator[Change]:
    """Yield what differs below `key`, mappings by their keys, lists by their items."""
    if a == b and type(a) is type(b):
        return
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for name in dict.fromkeys((*a, *b)):
            yield from _changes(f"{key}.{name}" if key else str(name), a.get(name), b.get(name))
    elif isinstance(a, list) and isinstance(b, list) and _named(a) and _named(b):
        yield from _list_changes(key, a, b)
    else:
        yield Change(key, a, b)


def _list_changes(key: str, a: list[Any], b: list[Any]) -> Iterator[Change]:
    """Yield changes of a list of blocks or the like: those of one name are held against each other in their order,
    so that a block put in between is one change.
    """
    names = [_name(item) for item in a], [_name(item) for item in b]
    for what, a1, a2, b1, b2 in SequenceMatcher(None, *names, autojunk=False).get_opcodes():
        if what == "equal":
            for i, j in zip(range(a1, a2), range(b1, b2), strict=True):
                label = str(i) if i == j else f"{i}|{j}"
                yield from _item_changes(f"{key}.{label}", a[i], b[j])
            continue
        for i in range(a1, a2):
            yield Change(f"{key}.{i}", a[i], ABSENT)
        for j in range(b1, b2):
            yield Change(f"{key}.{j}", ABSENT, b[j])


def _item_changes(key: str, a: Any, b: Any) -> Iterator[Change]:
    as_mapping = [{item: {}} if isinstance(item, str) else item for item in (a, b)]
    yield from _changes(key, *as_mapping)


def _named(items: list[Any]) -> bool:
    return all(isinstance(item, str) or (isinstance(item, Mapping) and len(item) == 1) for item in items)


def _name(item: Any) -> str:
    return item if isinstance(item, str) else str(next(iter(item)))


def _results(a: RunData, b: RunData) -> Iterator[MetricPair]:
    for split in SPLIT_NAMES:
        metrics = [[repeat.metrics(split) for repeat in run.done] for run in (a, b)]
        names = dict.fromkeys(name for side in metrics for values in side for name in values)
        for name in names:
            sides = [summarize((values.get(name) for values in side), name) for side in metrics]
            yield MetricPair(split, name, *sides)
