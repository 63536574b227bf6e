"""Reading run folders, also damaged, half-written and still growing ones.

Nothing here raises for what a folder holds: whatever cannot be read is left empty, with a sentence in `notes`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab.errors import RunError, counted, printable
from cnnlab.runs.config_file import read_config
from cnnlab.runs.environment import Environment
from cnnlab.runs.folder import RepeatFolder, RunFolder
from cnnlab.runs.record import read_record
from cnnlab.runs.records import Per, Row, records, to_dataframe
from cnnlab.runs.result import Result
from cnnlab.runs.run_data import RepeatResult, RunData
from cnnlab.runs.status import RepeatState, Status
from cnnlab.runs.summary import summarize_run

if TYPE_CHECKING:
    import pandas


class Run(RunData):
    """One run as its folder has it, and what can be computed from that."""

    @property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json, of the repeats that are finished by now: mean, sd, interval, all values."""
        return summarize_run(self).model_dump()

    def records(self, per: Per = "repeat") -> list[Row]:
        """One flat dict per repeat with its final metrics, or per epoch with its line of metrics.csv."""
        return records([self], per)

    def to_dataframe(self, per: Per = "repeat") -> "pandas.DataFrame":
        """The same as a pandas DataFrame. Raises ImportError, with the way out, where pandas is missing."""
        return to_dataframe([self], per)

    def __repr__(self) -> str:
        """One line: name, status, repeats, folder."""
        repeats = f", {len(self.done)} of {counted(len(self.repeats), 'repeat')}" if self.repeats else ""
        return f"<Run {self.name}: {self.status}{repeats}, {self.path}>"


class Runs(list[Run]):
    """A list of runs that can be turned into one table."""

    def records(self, per: Per = "repeat") -> list[Row]:
        """One flat dict per repeat, or per epoch, of all runs; see `Run.records`."""
        return records(self, per)

    def to_dataframe(self, per: Per = "repeat") -> "pandas.DataFrame":
        """The same as a pandas DataFrame. Raises ImportError, with the way out, where pandas is missing."""
        return to_dataframe(self, per)


def load_run(path: str | Path) -> Run:
    """Read the run folder at `path`; raises RunError only when there is no such folder."""
    folder = RunFolder(path)
    if not folder.path.is_dir():
        raise RunError(f"There is no run folder {folder.path}.")
    notes: list[str] = []
    status = read_record(Status, folder.status.path, notes) or Status()
    config = {} if status.command == "judge" else read_config(folder.config_path, notes)
    environment = read_record(Environment, folder.environment_path, notes) or Environment()
    gone = status.writer_is_gone
    if gone:
        notes.append("status.json says running, but the process that wrote it is gone")
    return Run(
        path=folder.path,
        name=str(config.get("name") or printable(folder.name)),
        kind=status.command or ("verify" if folder.verify_path.exists() else "train"),
        status=status.current or "unknown",
        started=status.started,
        ended=status.ended,
        config=config,
        environment=environment,
        repeats=_read_repeats(folder, status, config.get("repeats"), gone, notes),
        notes=tuple(notes),
    )


def _read_repeats(
    folder: RunFolder, status: Status, count: object, gone: bool, notes: list[str]
) -> tuple[RepeatResult, ...]:
    """Return the repeats that status.json or a folder speaks of, in order of k; none beyond the config's `count`."""
    numbers = sorted({*status.repeats, *(repeat.k for repeat in folder.repeat_folders())})
    beyond = [k for k in numbers if isinstance(count, int) and k >= count]
    if beyond:
        notes.append(
            f"the config has {count} repeats: {', '.join(map(str, beyond))} left out, which is not among them"
        )
    numbers = [k for k in numbers if k not in beyond]
    return tuple(
        _read_repeat(folder.repeat(k), status.repeats.get(k, RepeatState()), gone, notes) for k in numbers
    )


def _read_repeat(folder: RepeatFolder, state: RepeatState, gone: bool, notes: list[str]) -> RepeatResult:
    status: str = state.status or "unknown"
    result = Result()
    left_over = status in ("failed", "waiting", "stopped")  # of an earlier try
    if folder.result_path.exists() and not left_over:
        name = f"repeats/{folder.k}/{folder.result_path.name}"
        result = read_record(Result, folder.result_path, notes, name) or Result()
        if not result.intact:
            notes.append(f"{name} is not what was written: resuming the run trains this repeat again")
    if result.model_fields_set:
        status = "done"  # the result is written in one step and last of all
    elif status == "done":
        notes.append(f"repeat {folder.k} is marked as done, but its result.json is missing or damaged")
        status = "unknown"
    elif gone and status in ("waiting", "running"):
        status = "interrupted"
    return RepeatResult(folder.k, folder.path, status, state.error, result)
