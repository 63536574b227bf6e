"""Configs side by side: every other one against the first, paired by shared seeds where that is allowed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnnlab.config.roles import Role
from cnnlab.dotted_keys import flatten
from cnnlab.errors import RunError
from cnnlab.reading import mapping
from cnnlab.report.collect import Row, RunReport
from cnnlab.report.group_intervals import GroupInterval, group_differences
from cnnlab.report.items import parameters_in_words
from cnnlab.report.setting import role_of
from cnnlab.report.statistics import LEVEL, Difference, Paired, holm, paired, welch
from cnnlab.runs.read import Run
from cnnlab.runs.summary import summarize

FEWEST_PAIRS = 2


@dataclass(frozen=True)
class Contrast:
    """One metric of one side against the reference, side minus reference.

    paired is None where repeats do not belong together, and then `test` is Welch's; else `test` is the paired
    t-test. test is None where no test is possible. p_adjusted is Holm's, over all sides beside the reference.
    by_groups: the test by resampling the groups of the images, where both sides were measured on the same ones.
    """

    side: int
    split: str
    metric: str
    difference: float | None
    test: Difference | None
    paired: Paired | None
    p_adjusted: float | None = None
    by_groups: GroupInterval | None = None

    @property
    def p(self) -> float:
        """The p value adjusted for there being several; 1 without a test."""
        return 1.0 if self.p_adjusted is None else self.p_adjusted

    @property
    def beyond_chance(self) -> bool:
        """Whether a test, adjusted for there being several, finds a difference."""
        return self.p < LEVEL


@dataclass(frozen=True)
class Comparison:
    """Reports side by side; the first is the reference. labels are short names, each different.

    changes holds every config key in which the sides differ, with one value per side.
    """

    sides: tuple[RunReport, ...]
    labels: tuple[str, ...]
    changes: Mapping[str, tuple[Any, ...]]
    contrasts: tuple[Contrast, ...]
    notes: tuple[str, ...]

    @property
    def metrics(self) -> list[tuple[str, str]]:
        """Split and metric of everything that any side measured, in the reports' order."""
        return list(dict.fromkeys((row.split, row.metric) for side in self.sides for row in side.rows))

    @property
    def headline(self) -> tuple[str, str] | None:
        """What the sides are judged by: the reference's headline."""
        return self.sides[0].headline

    @property
    def headline_contrasts(self) -> list[Contrast]:
        """The headline metric of every other side against the reference, as far as both have it."""
        return [one for one in self.contrasts if (one.split, one.metric) == self.headline]

    def row(self, side: int, split: str, metric: str) -> Row | None:
        """Return one side's row of a metric; None where it has none."""
        rows = self.sides[side].rows
        return next((row for row in rows if (row.split, row.metric) == (split, metric)), None)

    def contrast(self, side: int, split: str, metric: str) -> Contrast | None:
        """Return how one side's metric stands against the reference; None for the reference itself."""
        key = (side, split, metric)
        return next((c for c in self.contrasts if (c.side, c.split, c.metric) == key), None)


def compare(sides: Sequence[RunReport]) -> Comparison:
    """Set reports side by side; raises RunError for fewer than two."""
    if len(sides) < 2:
        raise RunError(f"--compare expects at least two runs (or groups of them), received {len(sides)}.")
    comparison = Comparison(tuple(sides), _labels(sides), _changes([s.run for s in sides]), (), ())
    contrasts = [contrast for key in comparison.metrics for contrast in _contrasts(comparison, *key)]
    contrasts = list(_with_groups(contrasts, [side.run for side in sides]))
    return replace(comparison, contrasts=tuple(contrasts), notes=tuple(_notes(comparison)))


def why_unpaired(a: Run, b: Run) -> str | None:
    """Return why repeats of two runs do not belong together; None where they are to be paired by seed."""
    ours, theirs = (mapping(run.config.get("data")) for run in (a, b))
    if a.data.sha256 is None or a.data.sha256 != b.data.sha256:
        return "the data are not the same"
    keys = [key for key in {**ours, **theirs} if role_of(f"data.{key}") is Role.IMAGES]
    differing = [f"data.{key}" for key in keys if ours.get(key) != theirs.get(key)]
    if differing:
        return f"the data sections differ in {', '.join(differing)}"
    if len(_seeds(a) & _seeds(b)) < FEWEST_PAIRS:
        return "they share no two repeat seeds"
    return None


def contrast_of(side: int, other: Run, reference: Run, split: str, metric: str) -> Contrast:
    """How one run's metric stands against the reference's, in pairs where that is allowed."""
    ours, theirs = _values(other, split, metric), _values(reference, split, metric)
    if why_unpaired(other, reference) is None:
        a, b = _by_seed(other, ours), _by_seed(reference, theirs)
        shared = [seed for seed in b if seed in a]
        pairs = paired([a[seed] for seed in shared], [b[seed] for seed in shared], metric)
        if pairs is not None:
            return Contrast(side, split, metric, pairs.mean, pairs.test, pairs)
    mean, reference_mean = (summarize(values).mean for values in (ours, theirs))
    difference = None if mean is None or reference_mean is None else mean - reference_mean
    return Contrast(side, split, metric, difference, welch(ours, theirs, metric), None)


def with_holm(contrasts: Sequence[Contrast]) -> list[Contrast]:
    """The contrasts with their p values adjusted for there being several."""
    adjusted = iter(holm([one.test.p for one in contrasts if one.test is not None]))
    return [one if one.test is None else replace(one, p_adjusted=next(adjusted)) for one in contrasts]


def _contrasts(comparison: Comparison, split: str, metric: str) -> list[Contrast]:
    """The metric of every side against the reference."""
    reference = comparison.sides[0].run
    found = [
        contrast_of(side, comparison.sides[side].run, reference, split, metric)
        for side in range(1, len(comparison.sides))
        if comparison.row(side, split, metric) and comparison.row(0, split, metric)
    ]
    return with_holm(found)


def _with_groups(contrasts: Sequence[Contrast], runs: Sequence[Run]) -> Iterator[Contrast]:
    """The contrasts with their tests by groups, of runs on the same data; the first is the reference."""
    found = {side: _by_groups(run, runs[0]) for side, run in enumerate(runs) if side > 0}
    for one in contrasts:
        yield replace(one, by_groups=found[one.side].get((one.split, one.metric)))


def _by_groups(run: Run, reference: Run) -> Mapping[tuple[str, str], GroupInterval]:
    if run.data.sha256 is None or run.data.sha256 != reference.data.sha256:
        return {}
    if why_unpaired(run, reference) is not None:
        return group_differences(run.done, reference.done, paired=False)
    ours = {repeat.seed: repeat for repeat in run.done}
    pairs = [
        (ours[each.seed], each) for each in reference.done if each.seed is not None and each.seed in ours
    ]
    return group_differences([pair[0] for pair in pairs], [pair[1] for pair in pairs], paired=True)


def _values(run: Run, split: str, metric: str) -> list[float | None]:
    return [repeat.metrics(split).get(metric) for repeat in run.done]


def _by_seed(run: Run, values: Sequence[float | None]) -> dict[int, float | None]:
    return {r.seed: value for r, value in zip(run.done, values, strict=True) if r.seed is not None}


def _seeds(run: Run) -> set[int]:
    return {repeat.seed for repeat in run.done if repeat.seed is not None}


def _labels(sides: Sequence[RunReport]) -> tuple[str, ...]:
    """Names where they differ, else backends, else the names of the folders, else numbers too."""
    runs = [side.run for side in sides]
    for choice in ([run.name for run in runs], map(_backend, runs), [run.path.name for run in runs]):
        names = list(choice)
        if len(set(names)) == len(names):
            return tuple(names)
    return tuple(f"{number}: {side.run.name}" for number, side in enumerate(sides, start=1))


def _backend(run: Run) -> str:
    return str(run.setting("training", "backend") or "")


def _changes(runs: Sequence[Run]) -> dict[str, tuple[Any, ...]]:
    flat = [flatten(run.config) for run in runs]
    configs = [{key: value for key, value in one.items() if value != []} for one in flat]
    keys = dict.fromkeys(key for config in configs for key in config)
    rows = {
        key: tuple(config.get(key) for config in configs) for key in keys if role_of(key) is not Role.LABEL
    }
    return _whole_items({key: values for key, values in rows.items() if any(v != values[0] for v in values)})


def _whole_items(rows: dict[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """Put the parameters of a block or an augmentation that some side has not at all into one row, in words."""
    found: dict[str, tuple[Any, ...]] = {}
    items: dict[str, list[dict[str, Any]]] = {}
    for key, values in rows.items():
        item, _, parameter = key.rpartition(".")
        if key.partition(".")[0] not in ("augment", "model") or None not in values or item.count(".") != 2:
            found[key] = values
            continue
        sides = items.setdefault(item, [{} for _ in values])
        for side, value in zip(sides, values, strict=True):
            side |= {} if value is None else {parameter: value}
        found[item] = ()
    for item, sides in items.items():
        found[item] = tuple(parameters_in_words(side) or "as usual" if side else None for side in sides)
    return found


def _notes(comparison: Comparison) -> Iterator[str]:
    reference = comparison.sides[0].run
    for side, label in zip(comparison.sides[1:], comparison.labels[1:], strict=True):
        reason = why_unpaired(side.run, reference)
        shared = len(_seeds(side.run) & _seeds(reference))
        sizes = len(side.run.done), len(reference.done)
        if reason is not None:
            yield f"{label} is compared as independent repeats, for {reason}"
        elif any(shared < size for size in sizes):
            yield f"{label}: {shared} of {max(sizes)} repeats have a partner with the same seed; only they are tested"
        if side.run.data.sha256 != reference.data.sha256:
            titles = f"{side.run.data.name}, {comparison.labels[0]} on {reference.data.name}"
            yield f"{label} ran on {titles}: a difference may be the data's"
    if not comparison.changes:
        yield "the configs are the same in every key"
