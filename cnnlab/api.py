"""What ``import cnnlab`` offers to programs and notebooks: train, verify, and read runs.

Trainings and verifications run in processes of their own, so that a notebook's TensorFlow, threads and memory stay as
they are, and a script needs no ``if __name__ == "__main__"``. Errors are the command line's, as exceptions.
"""

import contextlib
import copy
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cnnlab.errors import ConfigError
from cnnlab.runs.find import find_run, find_runs, list_runs, runs_directory, with_cells
from cnnlab.runs.read import Run, Runs
from cnnlab.runs.read import load_run as read_run

if TYPE_CHECKING:
    from cnnlab.executors.base import Event
    from cnnlab.judge.results import FileResult, Judgement

Place = str | os.PathLike[str]
GIVEN = Path("the dict")  # what errors call a config that is no file


def load_run(run: Place = "latest", *, runs_dir: Place | None = None) -> Run:
    """Read one run: a folder, a name, the beginning of one, or "latest".

    `config` and `environment` are plain data, `repeats` hold results, histories and predictions, and `to_dataframe()`
    makes a table; all are read from the folder, which may be unfinished or damaged (`status`, `notes`). Raises
    RunError when there is no such run. runs_dir: $CNNLAB_RUNS, else ./runs, by default.
    """
    return read_run(find_run(os.fspath(run), _directory(runs_dir)))


def load_runs(*runs: Place, runs_dir: Place | None = None) -> Runs:
    """Read several runs: globs, folders, names; without any, all runs of the runs directory, newest first.

    A sweep stands for the runs of all of its cells.

    Raises RunError for a word that means no run.
    """
    directory = _directory(runs_dir)
    paths = find_runs([os.fspath(run) for run in runs], directory) if runs else list_runs(directory)
    return Runs(map(read_run, with_cells(paths)))


def train(
    config: Place | Mapping[str, Any],
    *,
    overrides: Sequence[str] = (),
    repeats: int | None = None,
    seed: int | None = None,
    only_repeat: int | None = None,
    smoke: bool = False,
    bundled: bool = False,
    jobs: int | Literal["auto"] = "auto",
    executor: Literal["local", "ray", "slurm"] = "local",
    address: str | None = None,
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    listen: Callable[["Event"], None] | None = None,
    quiet: bool = False,
) -> Run:
    """Train what a config describes, as ``cnnlab train`` does, and return the run.

    config: the path of a YAML file, or a dict of the same content, whose paths are relative to the working directory.
    overrides: as ``--set``, such as "training.epochs=5". listen: gets every event of the run, epochs among them, in
    place of the lines that are printed to stderr otherwise; quiet: nothing is printed. executor, address: as
    ``--executor`` and ``--address``.

    Raises ConfigError, DataError or RunError before anything starts; RepeatsFailed or Interrupted at the end, when
    what is finished is kept in the run folder that the message names. Warns when the disk refused the pictures.
    """
    from cnnlab.config.load import Options, resolve_and_tell
    from cnnlab.executors.choice import ExecutorChoice
    from cnnlab.experiments.run import Request, plan_run

    options = Options(bundled, smoke, tuple(overrides), repeats, seed)
    loaded, bundled_for = resolve_and_tell(_document(config), options)
    request = Request(
        loaded,
        _directory(runs_dir),
        None if data_dir is None else Path(data_dir),
        jobs=jobs,
        only_repeat=only_repeat,
        bundled_for=bundled_for,
        argv=("cnnlab.train",),
        executor=ExecutorChoice(executor, address),
    )
    return _run(plan_run(request), listen or (_ignore if quiet else _tell))


def sweep(
    config: Place | Mapping[str, Any],
    *,
    overrides: Sequence[str] = (),
    grid: Sequence[str] = (),
    repeats: int | None = None,
    seed: int | None = None,
    smoke: bool = False,
    bundled: bool = False,
    jobs: int | Literal["auto"] = "auto",
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    executor: Literal["local", "ray", "slurm"] = "local",
    address: str | None = None,
    listen: Callable[["Event"], None] | None = None,
    quiet: bool = False,
) -> Runs:
    """Train every cell of a config with a section `sweep`, as ``cnnlab train`` does, and return the cells' runs.

    grid: as ``--sweep``, such as "training.batch_size=16,32". The same call again goes on with what is missing. An
    event's `folder` tells its cell. The other parameters, and what is raised, are as of `train`.
    """
    from cnnlab.config.load import Options, resolve_and_tell
    from cnnlab.executors.choice import ExecutorChoice
    from cnnlab.experiments.sweep import require_finished, run_sweep
    from cnnlab.experiments.sweep_plan import SweepRequest, planned

    options = Options(bundled, smoke, tuple(overrides), repeats, seed, tuple(grid))
    document = _document(config)
    loaded, bundled_for = resolve_and_tell(document, options)
    if loaded.sweep is None:
        raise ConfigError(
            "cnnlab.sweep expects a config with a section 'sweep', or grid=[...]; else use cnnlab.train."
        )
    request = SweepRequest.of(
        document,
        loaded,
        smoke=smoke,
        runs_dir=_directory(runs_dir),
        data_dir=None if data_dir is None else Path(data_dir),
        jobs=jobs,
        bundled_for=bundled_for,
        argv=("cnnlab.sweep",),
        executor=ExecutorChoice(executor, address),
    )
    with planned(request) as plan, _signals_restored():
        outcome = run_sweep(plan, listen or (_ignore if quiet else _tell))
    require_finished(outcome)
    return Runs(read_run(cell.path) for cell in outcome.cells)


def resume(
    run: Place = "latest",
    *,
    jobs: int | Literal["auto"] = "auto",
    executor: Literal["local", "ray", "slurm"] = "local",
    address: str | None = None,
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    listen: Callable[["Event"], None] | None = None,
    quiet: bool = False,
) -> Run:
    """Go on with an interrupted or killed run, as ``cnnlab train --resume`` does, and return it; see `train`."""
    from cnnlab.executors.choice import ExecutorChoice
    from cnnlab.experiments.resume import Resume, resumed

    folder = find_run(os.fspath(run), _directory(runs_dir))
    place = None if data_dir is None else Path(data_dir)
    with resumed(Resume(folder, place, jobs, ("cnnlab.resume",), ExecutorChoice(executor, address))) as plan:
        return _run(plan, listen or (_ignore if quiet else _tell))


def compare(
    config: Place | Mapping[str, Any],
    *,
    backends: Sequence[str] = ("tensorflow", "torch", "jax"),
    overrides: Sequence[str] = (),
    repeats: int | None = None,
    seed: int | None = None,
    smoke: bool = False,
    bundled: bool = False,
    jobs: int | Literal["auto"] = "auto",
    data_dir: Place | None = None,
    output: Place | None = None,
    quiet: bool = False,
) -> dict[str, Any]:
    """Train a config on several backends, as ``cnnlab compare`` does, and return the content of comparison.json.

    The first backend is the reference. output: the comparison's folder, ``comparisons/NAME_HASH`` by default; given
    again, what is unfinished goes on. Raises ConfigError, also for a backend that is not installed, DataError or
    RunError before anything is trained; RepeatsFailed at the end, when what is finished is kept.
    """
    from cnnlab.config.load import Options, resolve_and_tell
    from cnnlab.errors import RepeatsFailed
    from cnnlab.experiments.comparison import compare as run_comparison
    from cnnlab.experiments.comparison_plan import chosen_backends, plan_comparison
    from cnnlab.report.backends.gather import gather_backends
    from cnnlab.report.backends.write import write_comparison
    from cnnlab.report.build.backends import backends_document
    from cnnlab.report.render.data import to_json

    chosen = chosen_backends(backends)
    document = _document(config)
    loaded, bundled_for = resolve_and_tell(document, Options(bundled, smoke, tuple(overrides), repeats, seed))
    plan = plan_comparison(
        loaded,
        chosen,
        None if output is None else Path(output),
        document.path.resolve(),
        data_dir=None if data_dir is None else Path(data_dir),
        bundled_for=bundled_for,
        jobs=jobs,
        argv=("cnnlab.compare",),
    )
    failed = run_comparison(plan, _train_quietly if quiet else _train_and_tell, _ignore if quiet else _say)
    found = gather_backends(plan.folder, plan.backends)
    write_comparison(found)
    if failed:
        raise RepeatsFailed("\n".join(failed))
    return to_json(backends_document(found))


def _train_and_tell(plan: Any, unfinished: Run | None) -> None:
    """One backend of a comparison, in a process of its own."""
    _train_or_resume(plan, unfinished, _tell)


def _train_quietly(plan: Any, unfinished: Run | None) -> None:
    _train_or_resume(plan, unfinished, _ignore)


def _train_or_resume(plan: Any, unfinished: Run | None, listen: Callable[["Event"], None]) -> None:
    from cnnlab.experiments.resume import Resume, resumed

    if unfinished is None:
        _run(plan, listen)
        return
    request = plan.request
    with resumed(Resume(unfinished.path, request.data_dir, request.jobs, request.argv)) as rest:
        _run(rest, listen)


def _run(plan: Any, listen: Callable[["Event"], None]) -> Run:
    from cnnlab.experiments.run import require_done, run
    from cnnlab.report.figures.plots import illustrate

    with _signals_restored():
        outcome = run(plan, listen)
    path, refused = outcome.folder.path, None
    if outcome.status != "interrupted":
        refused = illustrate(path, outcome.prepared, outcome.images)
    require_done(outcome)
    if refused is not None:
        warnings.warn(f"{refused} The run is complete but for its pictures.", stacklevel=3)
    return read_run(path)


@contextlib.contextmanager
def _signals_restored() -> Iterator[None]:
    """Ctrl-C means again what it meant: a run that was interrupted ignores it, for then the command line ends."""
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)} if main else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(frozen=True, repr=False)
class Verification:
    """What a verification found: `result` is the content of verify.json, `run` its folder."""

    passed: bool
    result: Mapping[str, Any]
    run: Run

    def __repr__(self) -> str:
        """One line: the verdict, the folder."""
        return f"<Verification: {'passed' if self.passed else 'DIFFERENT'}, {self.run.path}>"


def verify(
    config: Place | None = None,
    *,
    overrides: Sequence[str] = (),
    dataset: str | None = None,
    bundled: bool = False,
    dtype: Literal["float64", "float32"] = "float64",
    forward_only: bool = False,
    layers: Sequence[str] = (),
    weights: Place | None = None,
    skip_training: bool = False,
    seed: int | None = None,
    smoke: bool = False,
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    quiet: bool = False,
) -> Verification:
    """Compare the CNN written in NumPy with Keras, as ``cnnlab verify`` does, and return what was found.

    config: a YAML file; by default the shipped verify.yaml. layers: only these layer kinds, such as "conv2d"; the
    other parameters are the command line's options. A difference is no exception: look at `passed`. Raises ConfigError,
    DataError, RunError or RepeatsFailed.
    """
    from cnnlab.executors.processes import in_process

    options = {
        "config": None if config is None else Path(config),
        "overrides": (*([f"data.dataset={dataset}"] if dataset else []), *overrides),
        "bundled": bundled,
        "smoke": smoke,
        "seed": seed,
        "layers": tuple(layers),
        "weights": None if weights is None else os.fspath(weights),
        "runs_dir": _directory(runs_dir),
        "data_dir": None if data_dir is None else Path(data_dir),
        "dtype": dtype,
        "forward_only": forward_only,
        "skip_training": skip_training,
    }
    folder, result = in_process(verify_here, options, _ignore if quiet else _say)
    return Verification(bool(result["passed"]), result, read_run(folder))


def verify_here(options: dict[str, Any], say: Callable[[str], None]) -> tuple[Path, dict[str, Any]]:
    """Verify in this process; returns the run folder and the content of verify.json."""
    from cnnlab.config.load import Options
    from cnnlab.report.figures.plots import write_verify_plots
    from cnnlab.verify.cases import chosen_kinds
    from cnnlab.verify.request import make_request
    from cnnlab.verify.run import verify as run_request

    given = dict(options)
    changes = Options(
        given.pop("bundled"), given.pop("smoke"), given.pop("overrides"), seed=given.pop("seed")
    )
    kinds = chosen_kinds(given.pop("layers"))
    request = make_request(given.pop("config"), changes, kinds=kinds, argv=("cnnlab.verify",), **given)
    outcome = run_request(
        request,
        lambda part, found: say(f"{part}: {'agrees' if found.passed else 'DIFFERENT'}"),
    )
    write_verify_plots(outcome.folder.path)
    return outcome.folder.path.resolve(), outcome.result.model_dump(mode="json")


def judge(
    *files: Place,
    against: Literal["numpy", "keras"] = "numpy",
    strict: bool = False,
    seed: int = 0,
    time_limit: float = 10.0,
    runs_dir: Place | None = None,
    listen: Callable[["FileResult"], None] | None = None,
) -> "Judgement":
    """Judge somebody's own cnn.py, as ``cnnlab judge`` does, and return what was found.

    files: files, or folders, which stand for each cnn.py below them. They are run, each in a process of its own.
    strict: robust checks count too. time_limit: the seconds of processor time that one check may take. runs_dir: where
    to write a run folder; by default none is written. listen: gets each file's result as soon as it is there. Raises
    CnnlabError where there is no file to judge; one that cannot be judged is a result like another.
    """
    from cnnlab.judge.judge import judge_files
    from cnnlab.judge.limits import Limits

    return judge_files(
        list(map(Path, files)),
        against=against,
        strict=strict,
        seed=seed,
        limits=Limits(seconds=time_limit),
        runs_dir=None if runs_dir is None else Path(runs_dir),
        listen=listen,
    )


def _document(config: Place | Mapping[str, Any]) -> Any:
    from cnnlab.config.source import Document, read_document

    if isinstance(config, Mapping):
        return Document(_plain(config), GIVEN)
    return read_document(Path(config))


def _plain(value: Any) -> Any:
    """Data as YAML would have given it: dicts and lists, paths as text."""
    if isinstance(value, Mapping):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return os.fspath(value) if isinstance(value, os.PathLike) else copy.deepcopy(value)


def _directory(runs_dir: Place | None) -> Path:
    return runs_directory(None if runs_dir is None else Path(runs_dir))


def _tell(event: "Event") -> None:
    """One line for whatever begins or ends."""
    if event.kind == "done":
        metrics = event.content["metrics"].items()
        shown = ", ".join(f"{split} {100 * m['accuracy']:.2f} %" for split, m in metrics if m)
        _say(f"repeat {event.repeat} done: accuracy {shown}")
    elif event.kind in {"failed", "interrupted", "stopped"}:
        _say(f"repeat {event.repeat} {event.kind}{f': {event.error}' if event.error else ''}")
    elif event.kind == "warning":
        _say(str(event.error))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _ignore(event: Any) -> None:
    pass
