"""Pooling the repeats of several runs of one experiment, and refusing whatever must not be pooled."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from cnnlab.config.roles import EXPERIMENT
from cnnlab.dotted_keys import flatten
from cnnlab.errors import RunError, first_few
from cnnlab.report.setting import role_of
from cnnlab.runs.environment import COMPUTING_PACKAGES
from cnnlab.runs.read import Run
from cnnlab.runs.run_data import RepeatResult

MOST_NAMED = 6
Experiment = tuple[str, str]  # experiment hash, hash of the data


def experiment_of(run: Run) -> Experiment | None:
    """Return what two runs must share to be pooled; None where environment.json does not have it."""
    experiment, data = run.environment.experiment_hash, run.data.sha256
    return None if experiment is None or data is None else (experiment, data)


def group_runs(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the runs by experiment, in the order of their first; those without one stand alone."""
    groups: dict[Experiment | int, list[Run]] = {}
    for number, run in enumerate(runs):
        groups.setdefault(experiment_of(run) or number, []).append(run)
    return list(groups.values())


def pool(runs: Sequence[Run]) -> Run:
    """Return one run that holds the repeats of all, numbered anew from 0; `path` is the first one's.

    Raises RunError, saying which and why, for runs of different experiments or data, for one that does not
    record its experiment, and for a repeat's seed that occurs twice.
    """
    if len(runs) == 1:
        return runs[0]
    _refuse_unknown(runs)
    for other in runs[1:]:
        _refuse_different(runs[0], other)
    _refuse_double_seeds(runs)
    repeats = [repeat for run in runs for repeat in run.repeats]
    marked = next((run for run in runs if run.data.bundled_for), runs[0])
    statuses = list(dict.fromkeys(run.status for run in runs))
    return replace(
        marked,
        path=runs[0].path,
        name=" + ".join(dict.fromkeys(run.name for run in runs)),
        status=", ".join(statuses),
        started=min((run.started for run in runs if run.started), default=None),
        ended=max((run.ended for run in runs if run.ended), default=None),
        repeats=tuple(replace(repeat, k=k) for k, repeat in enumerate(repeats)),
        notes=(),
    )


def pooling_notes(runs: Sequence[Run]) -> Iterator[str]:
    """Say in what the pooled runs differ that the experiment hash leaves out: versions, threads, source."""
    for label, values in _circumstances(runs).items():
        different = list(dict.fromkeys(values))
        if len(different) > 1:
            yield f"the pooled runs differ in {label}: {', '.join(different)}"


def differing_keys(a: Run, b: Run) -> list[str]:
    """Return "key (value in a / value in b)" for every key that decides results and differs."""
    ours, theirs = flatten(a.config), flatten(b.config)
    keys = [key for key in dict.fromkeys([*ours, *theirs]) if role_of(key) in EXPERIMENT]
    return [
        f"{key} ({_value(ours.get(key))} / {_value(theirs.get(key))})"
        for key in keys
        if ours.get(key) != theirs.get(key)
    ]


def folder_and_number(repeat: RepeatResult) -> tuple[str, str]:
    """Return the name of the run folder that a repeat lies in, and its number there."""
    return repeat.path.parent.parent.name, repeat.path.name


def _refuse_unknown(runs: Sequence[Run]) -> None:
    for run in runs:
        if experiment_of(run) is None:
            raise RunError(
                f"{run.path} cannot be pooled: its environment.json has no experiment_hash and hash of the "
                "data. Leave it out, or report on it alone."
            )


def _refuse_different(first: Run, other: Run) -> None:
    if experiment_of(first) == experiment_of(other):
        return
    differing = differing_keys(first, other)
    if first.data.sha256 != other.data.sha256:
        differing.append(f"the data ({' / '.join(map(_data, (first, other)))})")
    raise RunError(
        f"{first.path.name} and {other.path.name} cannot be pooled, they differ in: "
        f"{first_few(differing, MOST_NAMED) or 'their extension files'}. Set them side by side with --compare (with "
        "--group too, equal ones are pooled first)."
    )


def _refuse_double_seeds(runs: Sequence[Run]) -> None:
    seen: dict[int, RepeatResult] = {}
    for repeat in (repeat for run in runs for repeat in run.done):
        folder, k = folder_and_number(repeat)
        if repeat.seed is None:
            raise RunError(
                f"Repeat {k} of {folder} has no recorded seed, so it may be there twice: not pooled."
            )
        first = seen.setdefault(repeat.seed, repeat)
        if first is not repeat:
            other, other_k = folder_and_number(first)
            raise RunError(
                f"Seed {repeat.seed} would count twice: repeat {other_k} of {other} and repeat {k} of {folder} "
                "are the same repeat. Leave one of the runs out, or train with another --seed."
            )


def _circumstances(runs: Sequence[Run]) -> dict[str, list[str]]:
    """What may differ among runs of one experiment, by its name, a value per run."""
    found: dict[str, list[str]] = {}
    for run in runs:
        environment = run.environment
        packages = environment.packages
        entries = {
            "cnnlab": environment.cnnlab,
            **{name: packages.get(name) for name in COMPUTING_PACKAGES},
            "git commit": str(environment.git.commit)[:10],
            "threads": run.setting("training", "threads"),
            "device": environment.layout.device,
            "processor": environment.machine.cpu,
            "published values": run.published.get("source"),
        }
        for name, value in entries.items():
            found.setdefault(name, []).append("not recorded" if value is None else str(value))
    return found


def _data(run: Run) -> str:
    return f"{run.data.name}, SHA-256 {str(run.data.sha256)[:8]}…"


def _value(value: object) -> str:
    text = "not there" if value is None else str(value)
    return f"{text[:29]}…" if len(text) > 30 else text
