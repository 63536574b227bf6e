"""Going on with a run: what it is, from its folder alone, and whether going on would give what it would have given."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnlab.config.identity import file_hash, run_hash
from cnnlab.config.load import check
from cnnlab.config.source import read_document
from cnnlab.errors import DataError, RunError
from cnnlab.executors.choice import ExecutorChoice
from cnnlab.experiments.run import Plan, Request, lay_out
from cnnlab.runs.capture import package_versions
from cnnlab.runs.find import list_runs
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.lock import RunLock
from cnnlab.runs.machine import cpu_model
from cnnlab.runs.read import Run, load_run
from cnnlab.training.prepare import load_data


@dataclass(frozen=True)
class Resume:
    """Which run is to be gone on with, and what may differ from its start: nothing that changes a result."""

    folder: Path
    data_dir: Path | None = None  # where the data lie now, if not where they lay
    jobs: int | str = "auto"
    argv: Sequence[str] = ("cnnlab", "train")
    executor: ExecutorChoice = field(default_factory=ExecutorChoice)


@contextlib.contextmanager
def resumed(resume: Resume) -> Iterator[Plan]:
    """Yield the plan of what is left to do in a run, whose folder is held by this process meanwhile.

    Raises RunError when another process holds it, or when the folder is not as the run left it; ConfigError when its
    config cannot be read; DataError when its data are missing or are others than at the start.
    """
    run = load_run(resume.folder)
    if run.kind != "train":
        raise RunError(f"Cannot resume {run.path}: it is a {run.kind} run; start it anew.")
    if not RunFolder(run.path).config_path.is_file():
        raise RunError(
            f"Cannot resume {run.path}: its config.yaml is missing, so that nothing tells what to train; start it anew."
        )
    with RunLock(run.path):
        yield _plan(load_run(run.path), resume)


def matching_runs(runs_dir: Path, plan: Plan) -> list[Run]:
    """The runs of the same config on the same data, newest first, that planned the repeats of `plan`, or more."""
    wanted, data = run_hash(plan.config), plan.data.content_hash()
    found = []
    for path in list_runs(runs_dir):
        if f"_{wanted[:8]}" not in path.name:
            continue
        run = load_run(path)
        same = run.environment.run_hash == wanted and run.data.sha256 == data
        if same and run.kind == "train" and set(plan.repeats) <= set(planned(run)):
            found.append(run)
    return found


def planned(run: Run) -> tuple[int, ...]:
    """The repeats that a run was started with."""
    return run.environment.repeats or tuple(repeat.k for repeat in run.repeats)


def done(run: Run) -> tuple[int, ...]:
    """The repeats of a run that are finished."""
    return tuple(repeat.k for repeat in run.done)


def changes_since(run: Run) -> str | None:
    """A sentence on what differs from the run's start and may change its numbers' last bits; None if nothing."""
    before, now = run.environment.packages, package_versions()
    differing = [
        f"{name} {before[name]} then, {now.get(name, 'none')} now"
        for name in ("keras", "tensorflow", "jax", "torch", "numpy")
        if name in before and before[name] != now.get(name)
    ]
    cpu = run.environment.machine.cpu
    if cpu is not None and cpu != cpu_model():
        differing.append(f"{cpu} then, {cpu_model()} now")
    if not differing:
        return None
    return f"since the start of the run has changed: {'; '.join(differing)}. Its numbers may differ in the last bits."


def _plan(run: Run, resume: Resume) -> Plan:
    config = _config(run)
    recorded = run.environment.data_dir
    data_dir = resume.data_dir or (None if recorded is None else Path(recorded))
    data = load_data(config, data_dir)
    before = run.data.sha256
    if before is not None and before != data.content_hash():
        raise DataError(
            f"Cannot resume {run.path}: the data in {data.source} are not those that the run was started with, for the "
            "SHA-256 of their content differs. Bring them back, or start a new run."
        )
    repeats = planned(run) or tuple(range(config.repeats))
    request = Request(
        config,
        run.path.parent,
        data_dir,
        resume.jobs,
        bundled_for=run.data.bundled_for,
        argv=resume.argv,
        executor=resume.executor,
    )
    finished = tuple(k for k in done(run) if k in repeats)
    return lay_out(Plan(request, config, repeats, data, folder=RunFolder(run.path), done=finished))


def _config(run: Run) -> Any:
    """The run's config, with the copies of its extensions; RunError when it is not as it was."""
    path = RunFolder(run.path).config_path
    document = read_document(path)
    if isinstance(document.value, dict) and isinstance(document.value.get("extensions"), list):
        document.value["extensions"] = [_copy(run, original) for original in document.value["extensions"]]
    config = check(document)
    before = run.environment.run_hash
    if before is not None and before != run_hash(config):
        raise RunError(
            f"Cannot resume {run.path}: its config.yaml, or an extension, was changed since the run started. Put it "
            f"back, or start a new run with cnnlab train --config {path}."
        )
    return config


def _copy(run: Run, original: Any) -> Any:
    """The run's own copy of an extension file, as long as it is one; else the path as it stands."""
    copy = run.path / "extensions" / Path(str(original)).name
    known = run.environment.extensions.get(str(original))
    return str(copy) if copy.is_file() and file_hash(copy) == known else original
