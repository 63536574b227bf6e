"""A whole run: its folder, its repeats, its end. Knows nothing of Keras."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.config.identity import experiment_hash, file_hash, run_hash
from cnnlab.config.load import config_to_yaml, dump_config
from cnnlab.datasets import Dataset
from cnnlab.errors import CnnlabError, ConfigError, DataError, RepeatsFailed
from cnnlab.loggers import RunInfo
from cnnlab.loggers.base import require_packages
from cnnlab.loggers.threads import Loggers
from cnnlab.runs.atomic import write_bytes, write_text
from cnnlab.runs.environment import write_environment
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.status import RunStatus
from cnnlab.runs.summary import write_summary
from cnnlab.training.executor import Executor, LocalExecutor
from cnnlab.training.layout import gpu_slots, resolve_jobs, resolve_threads
from cnnlab.training.length import with_epochs
from cnnlab.training.prepare import load_data
from cnnlab.training.worker import Event, Job

Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Request:
    """What is to be run, and where."""

    config: Any
    runs_dir: Path
    data_dir: Path | None = None
    jobs: int | str = "auto"
    only_repeat: int | None = None
    bundled_for: str | None = None  # the data set in whose place the bundled one stands
    argv: Sequence[str] = ("cnnlab", "train")


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    folder: RunFolder
    status: str  # as in status.json
    data: Dataset
    prepared: dict[str, Any]  # see cnnlab.training.prepare
    summary: dict[str, Any]

    def images(self) -> dict[str, Any]:
        """By split, the uint8 images that the indices in predictions.npz point into."""
        validation = self.data.validation or self.data.train
        test = {} if self.data.test is None else {"test": self.data.test.images}
        return {"validation": validation.images, **test}


@dataclass(frozen=True)
class Plan:
    """A request, checked and laid out on this machine."""

    request: Request
    config: Any  # with threads resolved
    repeats: tuple[int, ...]
    data: Dataset
    executor: Executor
    jobs: int


def plan_run(request: Request) -> Plan:
    """Resolve what depends on the machine, and read the data.

    Raises DataError when the data are missing, ConfigError when the request does not fit the config, or when a logger's
    package is missing.
    """
    config, only = request.config, request.only_repeat
    require_packages(config.logging)
    if only is not None and not 0 <= only < config.repeats:
        raise ConfigError(
            f"--only-repeat {only}: expected 0 to {config.repeats - 1}, for the config has {config.repeats} repeats."
        )
    threads = resolve_threads(config.training.threads, config.repeats)
    training = config.training.model_copy(update={"threads": threads})
    data = load_data(config, request.data_dir)
    config = with_epochs(config.model_copy(update={"training": training}), data)
    repeats = tuple(range(config.repeats)) if only is None else (only,)
    jobs = resolve_jobs(request.jobs, threads=threads, device=training.device, waiting=len(repeats))
    executor = LocalExecutor(jobs, [{"CUDA_VISIBLE_DEVICES": gpu} for gpu in gpu_slots(training.device)])
    return Plan(request, config, repeats, data, executor, jobs)


def run(plan: Plan, listen: Listener) -> Outcome:
    """Try the network out, make the run folder, train every repeat, and sum up.

    `listen` gets every event. An interrupted run ends with the status `interrupted`, and finished repeats kept.
    Raises ConfigError, before a folder is made, when the network cannot be built.
    """
    prepared = _prepare(plan)
    listen(Event("prepared", content=prepared))
    folder = _make_folder(plan)
    status = folder.status
    status.start("train", plan.repeats)
    info = RunInfo(folder.path, plan.config.name, dump_config(plan.config))
    loggers = Loggers(plan.config.logging, info, lambda text: listen(Event("warning", error=text)))

    def record(event: Event) -> None:
        log_event(loggers, event)
        if event.repeat is not None and event.kind in {"started", "done", "failed", "interrupted"}:
            state = "running" if event.kind == "started" else event.kind
            status.set_repeat(event.repeat, state, event.error)
        listen(event)

    final: RunStatus | None = None
    try:
        plan.executor.run([_job(plan, repeat, folder.path) for repeat in plan.repeats], record)
    except KeyboardInterrupt:
        final = "interrupted"
    except BaseException:
        loggers.close(status.finish("failed"))
        raise
    ended, summary = status.finish(final), write_summary(folder.path)
    loggers.close(ended)
    return Outcome(folder, ended, plan.data, prepared, summary)


def log_event(loggers: Loggers, event: Event) -> None:
    """Tell the loggers what happened to a repeat."""
    if event.repeat is None:
        return
    if event.kind == "started":
        loggers.start_repeat(event.repeat)
    elif event.kind == "epoch":
        loggers.epoch(event.repeat, event.content)
    elif event.kind in {"done", "failed", "interrupted"}:
        loggers.end_repeat(event.repeat, event.kind, event.content)


def _job(plan: Plan, repeat: int | None, folder: Path) -> Job:
    return Job(dump_config(plan.config), repeat, folder, plan.request.data_dir)


def _prepare(plan: Plan) -> dict[str, Any]:
    events: list[Event] = []
    plan.executor.run([_job(plan, None, plan.request.runs_dir)], events.append)
    event = events[-1]
    if event.kind != "failed":
        return event.content
    kinds: dict[int | None, type[CnnlabError]] = {2: ConfigError, 5: DataError}
    raise kinds.get(event.refused, RepeatsFailed)(f"{plan.config.name}: {event.error}")


def _make_folder(plan: Plan) -> RunFolder:
    request, config, data = plan.request, plan.config, plan.data
    folder = RunFolder.create(request.runs_dir, config.name, run_hash(config))
    write_text(folder.config_path, config_to_yaml(config))
    for extension in config.extensions:
        (folder.path / "extensions").mkdir(exist_ok=True)
        write_bytes(folder.path / "extensions" / extension.name, extension.read_bytes())
    write_environment(
        folder,
        request.argv,
        {
            "run_hash": run_hash(config),
            "experiment_hash": experiment_hash(config),
            "data": {
                "dataset": data.name,
                "title": data.title,
                "source": data.source,
                "sha256": data.content_hash(),
                "notes": list(data.notes),
                "bundled_for": request.bundled_for,
            },
            "extensions": {str(path): file_hash(path) for path in config.extensions},
            "layout": {
                "jobs": plan.jobs,
                "threads": config.training.threads,
                "device": config.training.device,
            },
        },
    )
    return folder
