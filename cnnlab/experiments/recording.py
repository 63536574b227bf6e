"""A run at work: what its folder holds when it starts, and what is written there as its repeats begin and end."""

import contextlib
import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cnnlab.config.identity import experiment_hash, file_hash, run_hash
from cnnlab.config.load import config_to_yaml, dump_config
from cnnlab.config.schema import Config
from cnnlab.errors import RunError
from cnnlab.executors.base import Event
from cnnlab.files import remove_leftovers, write_bytes, write_text
from cnnlab.loggers import RunInfo
from cnnlab.loggers.threads import Loggers
from cnnlab.runs.capture import write_environment
from cnnlab.runs.environment import DataRecord, Environment, Layout
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.status import RunStatus
from cnnlab.runs.summary import RunSummary
from cnnlab.runs.summary_files import write_summary

if TYPE_CHECKING:
    from cnnlab.experiments.run import Plan

ENDED = frozenset({"done", "failed", "interrupted", "stopped"})


class RunUnderWay:
    """Writes where the repeats of a run stand, tells its loggers, and sums up at the end."""

    def __init__(self, folder: RunFolder, config: Config, listen: Callable[[Event], None]) -> None:
        """Stand for the run in `folder`, whose status is running; `listen` gets every event."""
        self.folder = folder
        self.listen = listen
        info = RunInfo(folder.path, config.name, dump_config(config))
        self.loggers = Loggers(config.logging, info, lambda text: listen(Event("warning", error=text)))

    def record(self, event: Event) -> None:
        """Take an event of one of the repeats."""
        log_event(self.loggers, event)
        if event.repeat is not None and (event.kind == "started" or event.kind in ENDED):
            state: Any = "running" if event.kind == "started" else event.kind
            self.folder.status.set_repeat(event.repeat, state, event.error)
        self.listen(event)

    def end(self, final: RunStatus | None = None) -> tuple[RunStatus, RunSummary]:
        """Write status and summary; returns both. Raises RunError when the disk refuses."""
        remove_leftovers(self.folder.path)
        ended, summary = self.folder.status.finish(final), write_summary(self.folder.path)
        self.loggers.close(ended)
        return ended, summary

    def give_up(self, error: BaseException) -> None:
        """Write down that the run ended with `error`; where the disk takes nothing, the status stays as it was."""
        with contextlib.suppress(RunError):
            self.folder.status.finish("interrupted" if isinstance(error, KeyboardInterrupt) else "failed")
        self.loggers.close("failed")


def log_event(loggers: Loggers, event: Event) -> None:
    """Tell the loggers what happened to a repeat."""
    if event.repeat is None:
        return
    if event.kind == "started":
        loggers.start_repeat(event.repeat)
    elif event.kind == "epoch":
        loggers.epoch(event.repeat, event.content)
    elif event.kind in ENDED:
        loggers.end_repeat(event.repeat, event.kind, event.content if event.kind == "done" else None)


def begin(
    folder: RunFolder,
    plan: "Plan",
    warnings: Sequence[str] = (),
    captured: Environment | None = None,
) -> None:
    """Write what a new run's folder holds before the first repeat starts; see `describe`."""
    config = plan.config
    folder.status.start("train", plan.repeats)  # first of all: what follows takes minutes for large data
    write_text(folder.config_path, config_to_yaml(config))
    for extension in config.extensions:
        (folder.path / "extensions").mkdir(exist_ok=True)
        write_bytes(folder.path / "extensions" / extension.name, extension.read_bytes())
    describe(folder, plan, warnings, captured)


def describe(
    folder: RunFolder,
    plan: "Plan",
    warnings: Sequence[str] = (),
    captured: Environment | None = None,
) -> None:
    """Write with what, on what and on which data the run is made, and what reports on it must warn of.

    captured: what is known of that already, for the many runs of a sweep.
    """
    request, config, data = plan.request, plan.config, plan.data
    write_environment(
        folder,
        request.argv,
        Environment(
            run_hash=run_hash(config),
            experiment_hash=experiment_hash(config),
            data=DataRecord(
                dataset=data.name,
                title=data.title,
                source=data.source,
                sha256=plan.data_hash or data.content_hash(),
                notes=(*data.notes, *warnings),
                bundled_for=request.bundled_for,
            ),
            extensions={str(path): file_hash(path) for path in config.extensions},
            data_dir=None if request.data_dir is None else str(request.data_dir.resolve()),
            repeats=plan.repeats,
            layout=Layout(
                executor=request.executor.name,
                jobs=plan.jobs,
                threads=config.training.threads,
                device=config.training.device,
            ),
        ),
        captured,
    )


def tidy(folder: RunFolder, done: Sequence[int]) -> None:
    """Remove what a killed process left in the folders of finished repeats."""
    for k in done:
        remove_leftovers(folder.repeat(k).path)
        for checkpoint in list(folder.repeat(k).path.rglob("checkpoint")):
            shutil.rmtree(checkpoint, ignore_errors=True)
