"""A whole run: its folder, its repeats, its end. Knows nothing of Keras."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cnnlab.backends import choose
from cnnlab.config.identity import run_hash
from cnnlab.config.schema import Config
from cnnlab.config.training_section import Training
from cnnlab.datasets import Dataset
from cnnlab.errors import CnnlabError, ConfigError, DataError, Interrupted, RepeatsFailed, RunError
from cnnlab.executors.base import Event, Executor, Job, Listener
from cnnlab.executors.choice import ExecutorChoice
from cnnlab.executors.local import LocalExecutor
from cnnlab.executors.threads import resolve_threads
from cnnlab.experiments.recording import RunUnderWay, begin, describe, tidy
from cnnlab.loggers.base import require_packages
from cnnlab.runs.capture import record_resume
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.lock import RunLock
from cnnlab.runs.read import load_run
from cnnlab.runs.status import RunStatus
from cnnlab.runs.summary import RunSummary
from cnnlab.runs.summary_files import write_summary
from cnnlab.training.length import with_epochs
from cnnlab.training.prepare import load_data


@dataclass(frozen=True)
class Request:
    """What is to be run, and where."""

    config: Config
    runs_dir: Path
    data_dir: Path | None = None
    jobs: int | str = "auto"
    only_repeat: int | None = None
    bundled_for: str | None = None  # the data set in whose place the bundled one stands
    argv: Sequence[str] = ("cnnlab", "train")
    executor: ExecutorChoice = field(default_factory=ExecutorChoice)


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    folder: RunFolder
    status: str  # as in status.json
    data: Dataset
    prepared: dict[str, Any]  # see cnnlab.training.prepare
    summary: RunSummary

    def images(self) -> dict[str, Any]:
        """By split, the uint8 images that the indices in predictions.npz point into."""
        validation = self.data.validation or self.data.train
        test = {} if self.data.test is None else {"test": self.data.test.images}
        return {"validation": validation.images, **test}


@dataclass(frozen=True)
class Plan:
    """A request, checked and laid out on this machine."""

    request: Request
    config: Config  # with threads resolved
    repeats: tuple[int, ...]
    data: Dataset
    executor: Executor = field(default_factory=lambda: LocalExecutor(1))
    jobs: int = 1
    folder: RunFolder | None = None  # of the run to go on with, held by a lock
    done: tuple[int, ...] = ()  # repeats of it that are finished
    data_hash: str | None = None  # of the data's content, where it is known already

    @property
    def waiting(self) -> tuple[int, ...]:
        """The repeats to train."""
        return tuple(k for k in self.repeats if k not in self.done)


def plan_run(request: Request) -> Plan:
    """Resolve what depends on the machine, and read the data.

    Raises DataError when the data are missing, ConfigError when the request does not fit the config, or when the
    package of a logger or of the backend is missing.
    """
    config, only = request.config, request.only_repeat
    if config.sweep is not None:
        raise ConfigError(
            f"{config.name}: a config with a section 'sweep' is many experiments, and this takes one: leave the "
            "section out, or train it with cnnlab train (from Python: cnnlab.sweep)."
        )
    require_packages(config.logging)
    choose(config.training.backend)
    if only is not None and not 0 <= only < config.repeats:
        raise ConfigError(
            f"--only-repeat {only}: expected 0 to {config.repeats - 1}, for the config has {config.repeats} repeats."
        )
    threads = resolve_threads(config.training.threads, config.repeats)
    training = config.training.model_copy(update={"threads": threads})
    data = load_data(config, request.data_dir)
    config = with_epochs(config.model_copy(update={"training": training}), data)
    repeats = tuple(range(config.repeats)) if only is None else (only,)
    return lay_out(Plan(request, config, repeats, data))


def lay_out(plan: Plan) -> Plan:
    """Give a plan its workers."""
    jobs, executor = workers(plan.request, plan.config.training, len(plan.waiting))
    return replace(plan, jobs=jobs, executor=executor)


def workers(request: Request, training: Training, waiting: int) -> tuple[int, Executor]:
    """How many of `waiting` trainings run side by side, and what executes them; threads are resolved."""
    return request.executor.make(training, request.jobs, waiting)


def run(plan: Plan, listen: Listener) -> Outcome:
    """Try the network out, make the run folder, train every repeat, and sum up.

    `listen` gets every event. An interrupted run ends with the status `interrupted`, and finished repeats kept.
    Raises ConfigError, before a folder is made, when the network cannot be built.
    """
    if plan.folder is not None:
        return _go_on(plan.folder, plan, listen)
    prepared = _prepare(plan)
    listen(Event("prepared", content=prepared))
    for text in prepared["warnings"]:
        listen(Event("warning", error=text))
    folder = RunFolder.create(plan.request.runs_dir, plan.config.name, run_hash(plan.config))
    with RunLock(folder.path):
        begin(folder, plan, prepared["warnings"])
        return _run_in(folder, plan, prepared, listen)


def _go_on(folder: RunFolder, plan: Plan, listen: Listener) -> Outcome:
    """Do what is left to do in a run's folder."""
    tidy(folder, plan.done)
    if not plan.waiting and load_run(folder.path).status == "done":
        return Outcome(folder, "done", plan.data, {}, write_summary(folder.path))
    if folder.environment_path.exists():
        record_resume(folder, plan.request.argv)
    else:  # killed at its very start
        describe(folder, plan)
    prepared = _prepare(plan) if plan.waiting else {}
    listen(Event("prepared", content=prepared))
    folder.status.resume(plan.done, plan.waiting)
    return _run_in(folder, plan, prepared, listen)


def _run_in(folder: RunFolder, plan: Plan, prepared: dict[str, Any], listen: Listener) -> Outcome:
    under_way = RunUnderWay(folder, plan.config, listen)
    final: RunStatus | None = None
    try:
        try:
            plan.executor.run(
                [job_of(plan, repeat, folder.path) for repeat in plan.waiting], under_way.record
            )
        except KeyboardInterrupt:
            final = "interrupted"
        ended, summary = under_way.end(final)
    except BaseException as error:
        under_way.give_up(error)
        if isinstance(error, RunError):
            raise RepeatsFailed(f"{error} {_finished(plan, folder)}") from error
        raise
    return Outcome(folder, ended, plan.data, prepared, summary)


def require_done(outcome: Outcome) -> None:
    """Raise Interrupted or RepeatsFailed, with the folder and each repeat's error, unless every repeat is done."""
    status = outcome.folder.status.read()
    where = f"{status.done} of {len(status.repeats)} repeats are finished and kept in {outcome.folder.path}"
    if outcome.status == "interrupted":
        raise Interrupted(f"interrupted: {where}; go on with: cnnlab train --resume {outcome.folder.path}")
    if outcome.status != "done":
        failed = [f"repeat {k}: {error}" for k, error in status.errors.items()]
        raise RepeatsFailed("\n  ".join([f"{where}; failed:", *failed]))


def _finished(plan: Plan, folder: RunFolder) -> str:
    done = sum(folder.repeat(k).result_path.is_file() for k in plan.repeats)
    kept = f"{done} of {len(plan.repeats)} repeats are finished and kept"
    return f"{kept}; go on with: cnnlab train --resume {folder.path}"


def job_of(plan: Plan, repeat: int | None, folder: Path) -> Job:
    """The job of a repeat, or, for None, of trying the network out."""
    return Job(plan.config, repeat, folder, plan.request.data_dir)


def _prepare(plan: Plan) -> dict[str, Any]:
    events: list[Event] = []
    plan.executor.run([job_of(plan, None, plan.request.runs_dir)], events.append)
    event = events[-1]
    if event.kind != "failed":
        return event.content
    raise refusal(event, f"{plan.config.name}: {event.error}")


def refusal(event: Event, message: str) -> CnnlabError:
    """The error to raise, with `message`, for a job that failed with `event`."""
    kinds: dict[int | None, type[CnnlabError]] = {2: ConfigError, 5: DataError}
    return kinds.get(event.refused, RepeatsFailed)(message)
