"""The one front door, for the command line and for Python: train, verify, judge, predict, and read runs.

Trainings and verifications run in processes of their own, so that a notebook's TensorFlow, threads and memory stay as
they are, and a script needs no ``if __name__ == "__main__"``. Errors are the command line's, as exceptions. Each
function imports its room when it is called, so that ``import cnnlab`` and reading runs are instant.
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
from typing import TYPE_CHECKING, Annotated, Any, Literal, Unpack

from pydantic import Field

from cnnlab.arguments import checked, plain_value
from cnnlab.errors import ConfigError, Interrupted, PicturesMissing, RepeatsFailed, describe
from cnnlab.predict import BATCH_SIZE, EXPLAINED_IMAGES
from cnnlab.runs.find import find_run, find_runs, find_sweep, list_runs, runs_directory, with_cells
from cnnlab.runs.read import Run, Runs
from cnnlab.runs.read import load_run as read_run
from cnnlab.streams import open_standard_streams

if TYPE_CHECKING:
    from cnnlab.config.load import OptionSettings
    from cnnlab.executors.base import Event, Listener
    from cnnlab.experiments.estimate import DryRun
    from cnnlab.experiments.launch import LaunchSettings
    from cnnlab.experiments.outcome import Outcome
    from cnnlab.experiments.plan import Experiment
    from cnnlab.judge.results import FileResult, Judgement
    from cnnlab.predict.evaluation import RunEvaluation
    from cnnlab.predict.explain import Explained
    from cnnlab.predict.predictions import Predicted
    from cnnlab.report.backends.gather import BackendComparison
    from cnnlab.report.document import Document
    from cnnlab.runs.verification import VerificationRecord

    class Settings(OptionSettings, LaunchSettings, total=False):
        """Keyword arguments of whatever trains; see `train`."""


Place = str | os.PathLike[str]
BackendName = Literal["tensorflow", "torch", "jax"]
GIVEN = Path("the dict")  # what errors call a config that is not a file


def _options() -> type:
    from cnnlab.config.load import OptionSettings

    return OptionSettings


def _launch() -> type:
    from cnnlab.experiments.launch import LaunchSettings

    return LaunchSettings


@checked()
def load_run(run: Place = "latest", *, runs_dir: Place | None = None) -> Run:
    """Read one run: a folder, a name, a part of one that no other run has, or "latest".

    `config` and `environment` are plain data, `repeats` hold results, histories and predictions, and `to_dataframe()`
    makes a table; all are read from the folder, which may be unfinished or damaged (`status`, `notes`). Raises
    RunError when there is no such run. runs_dir: $CNNLAB_RUNS, else ./runs, by default.
    """
    return read_run(find_run(os.fspath(run), _directory(runs_dir)))


@checked()
def load_runs(*runs: Place, runs_dir: Place | None = None) -> Runs:
    """Read several runs: globs, folders, names; without any, all runs of the runs directory, newest first.

    A sweep stands for the runs of all of its cells.

    Raises RunError for a word that means no run.
    """
    directory = _directory(runs_dir)
    paths = find_runs([os.fspath(run) for run in runs], directory) if runs else list_runs(directory)
    return Runs(map(read_run, with_cells(paths)))


@checked(_options, _launch)
def experiment(
    config: "Place | Mapping[str, Any] | Experiment", **settings: "Unpack[Settings]"
) -> "Experiment":
    """Read and check a config, changed as the settings say: what `train`, `sweep` and `estimate` also take for one.

    config: the path of a YAML file, or a dict of the same content, whose paths are relative to the working directory.
    overrides: as ``--set``, such as "training.epochs=5". grid: as ``--sweep``, such as "training.batch_size=16,32".
    repeats, seed, smoke, bundled: as the options of these names. Raises ConfigError with every problem at once.
    """
    from cnnlab.config.load import Options, change
    from cnnlab.config.source import ConfigDocument, read_document
    from cnnlab.experiments.plan import Experiment

    if isinstance(config, Experiment):
        return config
    if isinstance(config, Mapping):
        document = ConfigDocument(copy.deepcopy(plain_value(config)), GIVEN)
    elif isinstance(config, str | os.PathLike):
        document = read_document(Path(config))
    else:
        raise ConfigError(f"a config is the path of a YAML file, or a dict; got {describe(config)}.")
    options = Options.of(settings)
    return Experiment.of(document, change(document, options), smoke=options.smoke)


@checked(_options, _launch)
def train(
    config: "Place | Mapping[str, Any] | Experiment",
    *,
    listen: "Listener | None" = None,
    quiet: bool = False,
    **settings: "Unpack[Settings]",
) -> Run:
    """Train what a config describes, as ``cnnlab train`` does, and return the run.

    config, and the settings overrides, repeats, seed, smoke and bundled: see `experiment`. Further settings are
    data_dir, runs_dir, jobs, executor ("local", "ray" or "slurm"), address, only_repeat and skip_finished, as the
    options of these names. listen: gets every event of the run, epochs among them, in place of the lines that are
    printed to stderr otherwise; quiet: nothing is printed.

    Raises ConfigError, DataError or RunError before anything starts; RepeatsFailed or Interrupted at the end, when
    what is finished is kept in the run folder that the message names. Warns when the disk refused the pictures.
    """
    wanted = experiment(config, **settings)
    if wanted.sweep is not None:
        raise ConfigError(
            f"{wanted.config.name}: a config with a section 'sweep' is many experiments, and this takes one: leave the "
            "section out, or train it with cnnlab train (from Python: cnnlab.sweep)."
        )
    return _the_run(_train(wanted, settings, "cnnlab.train", _listener(listen, quiet)))


@checked(_options, _launch)
def sweep(
    config: "Place | Mapping[str, Any] | Experiment",
    *,
    listen: "Listener | None" = None,
    quiet: bool = False,
    **settings: "Unpack[Settings]",
) -> Runs:
    """Train every cell of a config with a section `sweep`, as ``cnnlab train`` does, and return the cells' runs.

    The section may be made by `grid`, see `experiment`. The same call again trains what is missing. An event's `folder`
    is that of its cell. The other parameters, and what is raised, are as of `train`.
    """
    wanted = experiment(config, **settings)
    if wanted.sweep is None:
        raise ConfigError(
            "cnnlab.sweep expects a config with a section 'sweep', or grid=[...]; else use cnnlab.train."
        )
    return _the_runs(_train(wanted, settings, "cnnlab.sweep", _listener(listen, quiet)))


@checked(_launch)
def resume(
    run: Place = "latest",
    *,
    listen: "Listener | None" = None,
    quiet: bool = False,
    **settings: "Unpack[LaunchSettings]",
) -> Run:
    """Resume an interrupted or killed run, as ``cnnlab train --resume`` does, and return it; see `train`."""
    folder = find_run(os.fspath(run), _directory(settings.get("runs_dir")))
    return _the_run(_resume(folder, settings, _listener(listen, quiet)))


@checked(_launch)
def resume_sweep(
    sweep: Place = "latest",
    *,
    listen: "Listener | None" = None,
    quiet: bool = False,
    **settings: "Unpack[LaunchSettings]",
) -> Runs:
    """Resume a sweep, all of it taken from its folder, and return the runs of its cells; see `sweep`."""
    folder = find_sweep(os.fspath(sweep), _directory(settings.get("runs_dir")))
    return _the_runs(_resume(folder, settings, _listener(listen, quiet)))


@checked(_options, _launch)
def estimate(config: "Place | Mapping[str, Any] | Experiment", **settings: "Unpack[Settings]") -> "DryRun":
    """Return what `train` or `sweep` would train and about how long it takes, from a few epochs, as ``--dry-run``."""
    from cnnlab.experiments.estimate import dry_run
    from cnnlab.experiments.launch import Launch

    with _process_kept():
        return dry_run(experiment(config, **settings), Launch.of(settings, ("cnnlab.estimate",)))


@checked(_options, _launch)
def compare(
    config: "Place | Mapping[str, Any]",
    *,
    backends: str | Sequence[str] = ("tensorflow", "torch", "jax"),
    output: Place | None = None,
    listen: "Listener | None" = None,
    quiet: bool = False,
    **settings: "Unpack[Settings]",
) -> dict[str, Any]:
    """Train a config on several backends, as ``cnnlab compare`` does, and return the content of comparison.json.

    The first backend is the reference. output: the comparison's folder, ``comparisons/NAME_HASH`` by default; given
    again, what is unfinished is resumed. The other parameters are as of `train`. Raises ConfigError, also for a backend
    that is not installed, DataError or RunError before anything is trained; RepeatsFailed at the end, when what is
    finished is kept.
    """
    from cnnlab.report.builders.backends import backends_document
    from cnnlab.report.render.data import to_json

    compared = compare_backends(
        config, backends=backends, output=output, listen=_listener(listen, quiet), **settings
    )
    compared.require_finished()
    return to_json(backends_document(compared.found))


@dataclass(frozen=True)
class Compared:
    """What a comparison found, the files that were written, and a sentence on each repeat that failed."""

    found: "BackendComparison"
    files: Sequence[Path]
    errors: Sequence[str]

    def require_finished(self) -> None:
        if self.errors:
            raise RepeatsFailed("\n".join(self.errors), self.found.folder)


def compare_backends(
    config: "Place | Mapping[str, Any]",
    *,
    backends: str | Sequence[str],
    output: Place | None,
    listen: "Listener",
    **settings: "Unpack[Settings]",
) -> Compared:
    """As `compare`, with typed results, and failed repeats among them."""
    from cnnlab.executors.base import Event
    from cnnlab.experiments.comparison import chosen_backends, plan_comparison
    from cnnlab.experiments.comparison import compare as run
    from cnnlab.experiments.launch import Launch
    from cnnlab.report.backends.gather import gather_backends
    from cnnlab.report.backends.write import write_comparison

    chosen, wanted = chosen_backends(backends), experiment(config, **settings)
    launch = Launch.of(settings, ("cnnlab.compare",))
    path = GIVEN.resolve() if isinstance(config, Mapping) else Path(config).resolve()
    place = _path(output)
    planned = plan_comparison(wanted.config, chosen, place, path, launch, wanted.bundled_for)
    stopped = f"interrupted: what is finished is kept in {planned.folder.path}; the same command resumes."
    try:
        with _process_kept():
            outcome = run(planned, launch, listen, lambda text: listen(Event("note", error=text)))
    except KeyboardInterrupt:
        raise Interrupted(stopped) from None
    if outcome.status == "interrupted":
        raise Interrupted(stopped)
    found = gather_backends(planned.folder, planned.backends)
    errors = [f"{cell.entry.label}, {error}" for cell in outcome.cells for error in cell.errors]
    return Compared(found, write_comparison(found), errors)


@dataclass(frozen=True, repr=False)
class Verification:
    """What a verification found; `run` is its folder."""

    verdicts: "VerificationRecord"
    run: Run

    @property
    def passed(self) -> bool:
        """Whether NumPy and Keras agree everywhere."""
        return self.verdicts.passed

    @property
    def result(self) -> dict[str, Any]:
        return self.verdicts.model_dump(mode="json")

    def __repr__(self) -> str:
        """One line: the verdict, the folder."""
        return f"<Verification: {'passed' if self.passed else 'DIFFERENT'}, {self.run.path}>"


@checked()
def verify(
    config: Place | None = None,
    *,
    overrides: Sequence[str] = (),
    dataset: str | None = None,
    bundled: bool = False,
    dtype: Literal["float64", "float32"] | None = "float64",
    forward_only: bool = False,
    layers: Sequence[str] = (),
    weights: Place | None = None,
    skip_training: bool = False,
    seed: int | None = None,
    smoke: bool = False,
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    argv: tuple[str, ...] = ("cnnlab.verify",),
    show: Callable[[str, Any], None] | None = None,
    listen: "Listener | None" = None,
    quiet: bool = False,
    own_process: bool = True,
) -> Verification:
    """Compare the CNN written in NumPy with Keras, as ``cnnlab verify`` does, and return what was found.

    config: a YAML file; by default the shipped verify.yaml. layers: only these layer kinds, such as "conv2d". show:
    gets each part's name and verdict as it ends; listen: the epochs of the training. own_process: leave the frameworks
    and threads of this process alone. The other parameters are the command line's options. A difference is no
    exception: look at `passed`. Raises ConfigError, DataError, RunError or RepeatsFailed.
    """
    from cnnlab.config.load import Options
    from cnnlab.verify.cases import chosen_kinds
    from cnnlab.verify.request import make_request
    from cnnlab.verify.run import verify as run

    request = make_request(
        _path(config),
        Options(bundled, smoke, (*([f"data.dataset={dataset}"] if dataset else []), *overrides), seed=seed),
        weights=None if weights is None else os.fspath(weights),
        kinds=chosen_kinds(layers),
        runs_dir=_directory(runs_dir),
        data_dir=_path(data_dir),
        dtype=dtype,
        forward_only=forward_only,
        skip_training=skip_training,
        argv=argv,
    )

    def hear(message: Any) -> None:
        """Take the name and the result of a part, or an event of the training."""
        if not isinstance(message, tuple):
            if listen is not None:
                listen(message)
        elif show is not None:
            show(*message)
        elif not quiet:
            _say(f"{message[0]}: {'agrees' if message[1].passed else 'DIFFERENT'}")

    folder, verdicts = _carried_out(run, request, hear, own_process)
    return Verification(verdicts, read_run(folder))


@checked()
def judge(
    *files: Place,
    against: Literal["numpy", "keras"] = "numpy",
    strict: bool = False,
    seed: Annotated[int, Field(ge=0)] = 0,
    time_limit: Annotated[float, Field(ge=1)] = 10.0,
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
        runs_dir=_path(runs_dir),
        listen=listen,
    )


@checked()
def evaluate(
    run: Place = "latest",
    *,
    split: Literal["train", "validation", "test"] | None = None,
    data: Place | None = None,
    repeat: int | str = "all",
    tta: str | None = None,
    backend: BackendName = "tensorflow",
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    say: Callable[[str], None] | None = None,
    own_process: bool = True,
) -> "RunEvaluation":
    """Measure a finished run's networks once more, as ``cnnlab evaluate`` does; the run folder stays as it is.

    split: of the run's own data, by default test. data: a folder or file of labelled images outside of the run; of
    these, without split, the test part counts if there is one, else all. repeat: a number, "ensemble" (the mean of all
    repeats' probabilities) or "all" (each, and that mean). tta: a view set; None: the one of the run's config. say:
    gets a line at each step. own_process: see `verify`. Raises RunError where there is nothing to measure, DataError
    where the data are missing, differ or do not suit the run.
    """
    from cnnlab.predict.evaluation import EvaluationRequest, evaluate_requested

    if data is not None and data_dir is not None:
        raise ConfigError("Name images outside of the run with --data, or with --data-dir where its own lie.")
    request = EvaluationRequest(
        run=find_run(os.fspath(run), _directory(runs_dir)),
        split=split,
        repeat=str(repeat),
        tta=tta,
        data=_path(data),
        data_dir=_path(data_dir),
        backend=backend,
    )
    return _carried_out(evaluate_requested, request, say or _ignore, own_process)


@checked()
def explain(
    run: Place = "latest",
    *,
    repeat: Annotated[int, Field(ge=0)] | None = None,
    split: Literal["validation", "test"] | None = None,
    images: Annotated[int, Field(ge=1, le=100)] = EXPLAINED_IMAGES,
    center: Annotated[int, Field(ge=1)] | None = None,
    backend: BackendName = "tensorflow",
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    say: Callable[[str], None] | None = None,
    own_process: bool = True,
) -> "Explained":
    """Map what a repeat's surest hits and mistakes rest on, as ``cnnlab explain`` does, into its folder.

    repeat: by default the first that is finished. split: by default "test" where its labels are known, else
    "validation". images: how many hits, and how many mistakes. center: the side in pixels of the central square whose
    share of the relevance is measured; None: that of the data set. own_process: see `verify`. Raises RunError where
    there is nothing to explain, DataError where the data are missing or differ.
    """
    from cnnlab.predict.explain import ExplanationRequest, explain_repeat

    found, place = find_run(os.fspath(run), _directory(runs_dir)), _path(data_dir)
    request = ExplanationRequest(found, repeat, split, images, center, place, backend)
    return _carried_out(explain_repeat, request, say or _ignore, own_process)


@checked()
def predict(
    run: Place,
    output: Place,
    *,
    inputs: Sequence[Place] = (),
    split: Literal["validation", "test"] | None = None,
    repeat: int | str = "ensemble",
    tta: str | None = None,
    format: str | None = None,
    like: Place | None = None,
    probabilities: bool = False,
    force: bool = False,
    batch_size: Annotated[int, Field(ge=1, le=100_000)] = BATCH_SIZE,
    backend: BackendName = "tensorflow",
    data_dir: Place | None = None,
    runs_dir: Place | None = None,
    progress: Callable[[tuple[int, int]], None] | None = None,
    own_process: bool = True,
) -> "Predicted":
    """Predict classes with a finished run's networks, as ``cnnlab predict`` does, and write them into the CSV `output`.

    Either inputs (image files, a folder, or one file of arrays) or split, of the run's own data, is given. repeat: a
    number, "ensemble" or "all", one file for each. format: the columns, such as "id,label=probability"; like: a sample
    submission, whose header and rows are filled. probabilities: write those of each class, too. force: replace files.
    progress: gets pairs of the images done so far and all there are. own_process: see `verify`. Raises ConfigError,
    RunError or DataError, and nothing is written then.
    """
    from cnnlab.predict.predictions import PredictionRequest
    from cnnlab.predict.predictions import predict as predict_images

    if (split is None) == (not inputs):
        raise ConfigError("Name the images with either --input or --split.")
    request = PredictionRequest(
        run=find_run(os.fspath(run), _directory(runs_dir)),
        output=Path(output),
        inputs=[Path(each) for each in inputs],
        split=split,
        repeat=str(repeat),
        tta=tta,
        with_probabilities=probabilities,
        format=format,
        like=_path(like),
        force=force,
        data_dir=_path(data_dir),
        backend=backend,
        batch_size=batch_size,
    )
    return _carried_out(predict_images, request, progress or _ignore, own_process)


@checked()
def report(
    *runs: Place,
    group: bool = False,
    compare: bool = False,
    baseline: str | None = None,
    ablation: bool = False,
    output: Place | None = None,
    formats: Sequence[str] = (),
    latex_report: Place | None = None,
    runs_dir: Place | None = None,
) -> "Report":
    """Report on runs, or on a sweep, as ``cnnlab report`` does; without any, on the newest run.

    group: pool the repeats of runs of one experiment. compare: set runs side by side. baseline, ablation: of a sweep.
    output: write the report there, in all formats or in these; latex_report: write a lab report's skeleton there.
    Raises RunError where runs are missing or do not fit, ConfigError for a wrong option.
    """
    from cnnlab.report.make import make_report
    from cnnlab.report.write import chosen_formats, write_latex_report, write_report

    if formats and output is None:
        raise ConfigError("--format says how a report is written: --output DIR must say where.")
    wanted = chosen_formats(formats)
    document = make_report(
        [os.fspath(run) for run in runs],
        _directory(runs_dir),
        group=group,
        compare=compare,
        baseline=baseline,
        ablation=ablation,
    )
    written = write_report(document, Path(output), wanted) if output is not None else []
    written += write_latex_report(document, Path(latex_report)) if latex_report is not None else []
    return Report(document, tuple(written))


@dataclass(frozen=True)
class Report:
    """A report, and the files that were written of it."""

    document: "Document"
    files: tuple[Path, ...]


def _carried_out(
    function: Callable[[Any, Any], Any], request: Any, say: Callable[[Any], None], own_process: bool
) -> Any:
    """What the function returns, called here or in a process of its own."""
    from cnnlab.executors.processes import in_process

    open_standard_streams()
    return in_process(function, request, say) if own_process else function(request, say)


def _train(wanted: "Experiment", settings: "Settings", name: str, listen: "Listener") -> "Outcome":
    from cnnlab.experiments.launch import Launch
    from cnnlab.experiments.train import train

    with _process_kept():
        return train(wanted, Launch.of(settings, (name,)), listen)


def _resume(folder: Path, settings: "LaunchSettings", listen: "Listener") -> "Outcome":
    from cnnlab.experiments.launch import Launch
    from cnnlab.experiments.train import resume

    with _process_kept():
        return resume(folder, Launch.of(settings, ("cnnlab.resume",)), listen)


def _the_run(outcome: "Outcome") -> Run:
    from cnnlab.experiments.outcome import require_finished

    require_finished(outcome)
    if outcome.refused is not None:
        text = f"{outcome.refused} The run is complete but for its pictures."
        warnings.warn(PicturesMissing(text), stacklevel=3)
    return read_run(outcome.folder)


def _the_runs(outcome: "Outcome") -> Runs:
    from cnnlab.experiments.outcome import require_finished

    require_finished(outcome)
    return Runs(read_run(cell.path) for cell in outcome.cells)


@contextlib.contextmanager
def _process_kept() -> Iterator[None]:
    """Train with standard streams that are there; then Ctrl-C means again what it meant.

    A run that was interrupted ignores it, for then the command line ends.
    """
    open_standard_streams()
    main = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)} if main else {}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _path(place: Place | None) -> Path | None:
    return None if place is None else Path(place)


def _directory(runs_dir: Place | None) -> Path:
    return runs_directory(_path(runs_dir))


def _listener(listen: "Listener | None", quiet: bool) -> "Listener":
    """What takes the events: the caller's function, else one that prints a line for whatever begins or ends."""
    return listen or (_ignore if quiet else _report)


def _report(event: "Event") -> None:
    if event.kind == "done":
        metrics = event.content["metrics"].items()
        shown = ", ".join(f"{split} {100 * m['accuracy']:.2f} %" for split, m in metrics if m)
        _say(f"repeat {event.repeat} done: accuracy {shown}")
    elif event.kind in {"failed", "interrupted", "stopped"}:
        _say(f"repeat {event.repeat} {event.kind}{f': {event.error}' if event.error else ''}")
    elif event.kind in {"warning", "note"}:
        _say(str(event.error))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _ignore(event: Any) -> None:
    pass
