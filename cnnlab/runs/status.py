"""status.json: the state of a run, and of each of its repeats.

One process writes it, the run's parent; anybody may read it at any time. Its content:

    {"command": "train", "started": "2026-11-21T23:59:59.123456+01:00", "status": "running", "ended": null,
     "pid": 4711, "process": "123456", "host": "lab-pc",
     "repeats": {"0": {"status": "done", "error": null}, "1": {"status": "waiting", "error": null}}}

`command` distinguishes train runs from verify runs, judge runs and sweeps, which have no repeats of their own. A cell
of a sweep may be stopped early, and then so is the run. Times are local, with their offset from UTC.
"""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cnnlab.errors import RunError
from cnnlab.files import write_json
from cnnlab.runs.process import host_name, is_alive, process_stamp
from cnnlab.runs.record import Count, Record, is_repeat_number, parse_record, read_object

Command = Literal["train", "verify", "judge", "sweep"]
RunStatus = Literal["running", "done", "partial", "failed", "interrupted", "stopped"]
RepeatStatus = Literal["waiting", "running", "done", "failed", "interrupted", "stopped"]


def now_text(now: datetime | None = None) -> str:
    """Return the local time with its offset from UTC, in ISO 8601 with microseconds."""
    return (now or datetime.now()).astimezone().isoformat(timespec="microseconds")


class RepeatState(Record):
    """The state of a repeat; None where its entry is damaged. error is one sentence for a person."""

    status: RepeatStatus | None = None
    error: str | None = None


def _by_number(value: Any) -> Any:
    """The entries whose key is a repeat's number; anything else than an entry becomes an empty one."""
    if not isinstance(value, dict):
        raise ValueError("expected the repeats by their numbers")
    numbered = {int(key): entry for key, entry in value.items() if is_repeat_number(str(key))}
    return {k: entry if isinstance(entry, dict | RepeatState) else {} for k, entry in numbered.items()}


class Status(Record):
    """The content of status.json."""

    command: Command | None = None
    started: str | None = None
    status: RunStatus | None = None
    ended: str | None = None
    pid: Count | None = None
    process: str | None = None
    host: str | None = None
    repeats: Annotated[dict[int, RepeatState], BeforeValidator(_by_number)] = Field({})

    @property
    def done(self) -> int:
        """How many repeats are done."""
        return sum(repeat.status == "done" for repeat in self.repeats.values())

    @property
    def errors(self) -> dict[int, str]:
        """The errors of the repeats that failed."""
        return {k: str(repeat.error) for k, repeat in self.repeats.items() if repeat.status == "failed"}

    @property
    def writer_is_gone(self) -> bool:
        """Whether it says running although its process, on this machine, has ended (killed, or a crash).

        False for a run on another machine, of which nothing can be known from here.
        """
        if self.status != "running" or self.host != host_name() or self.pid is None:
            return False
        return not is_alive(self.pid, self.process)

    @property
    def current(self) -> RunStatus | None:
        """The status, "interrupted" where the writer is gone; None without a readable one."""
        return "interrupted" if self.writer_is_gone else self.status


class StatusFile:
    """Reads and, in the run's parent process, writes one status.json."""

    def __init__(self, path: Path) -> None:
        """Stand for the file at `path`, which need not exist yet."""
        self.path = path

    def start(self, command: Command, repeats: Iterable[int], now: datetime | None = None) -> None:
        """Write the first status: running since `now`, every repeat waiting."""
        waiting = {k: RepeatState(status="waiting", error=None) for k in repeats}
        self._write(_running(Status(command=command, started=now_text(now), repeats=waiting)))

    def resume(self, done: Iterable[int], waiting: Iterable[int]) -> None:
        """Mark the run as running once more, in this process, with those repeats done and those waiting."""
        states: dict[int, RepeatStatus] = {**dict.fromkeys(done, "done"), **dict.fromkeys(waiting, "waiting")}
        repeats = {k: RepeatState(status=states[k], error=None) for k in sorted(states)}
        try:
            before = self.read()
        except RunError:
            before = Status(command="train", started=now_text())
        self._write(_running(before.updated(Status(repeats=repeats))))

    def set_repeat(self, k: int, repeat_status: RepeatStatus, error: str | None = None) -> None:
        """Record the state of repeat `k`; `error` is one sentence for a person."""
        status = self.read()
        repeats = {**status.repeats, k: RepeatState(status=repeat_status, error=error)}
        self._write(status.updated(Status(repeats=repeats)))

    def finish(self, run_status: RunStatus | None = None) -> RunStatus:
        """Record the end and return the final status, by default the one that the repeats add up to.

        All done: done. One stopped early: stopped. Some done: partial. One interrupted and none of them running any
        more: interrupted, and repeats that still wait or run are marked so too. None done: failed.
        """
        status = self.read()
        final = run_status or sum_up([repeat.status for repeat in status.repeats.values()])
        repeats = dict(status.repeats)
        if final == "interrupted":
            for k, repeat in repeats.items():
                if repeat.status in ("waiting", "running"):
                    repeats[k] = repeat.updated(RepeatState(status="interrupted"))
        self._write(status.updated(Status(status=final, ended=now_text(), repeats=repeats)))
        return final

    def read(self) -> Status:
        """Return the content; raises RunError when the file is missing or not a status."""
        try:
            content = read_object(self.path)
        except OSError as error:
            raise RunError(f"Cannot read {self.path}: {error.strerror or error}.") from error
        except ValueError as error:
            raise RunError(f"{self.path} is damaged: it does not hold a JSON object.") from error
        if not isinstance(content.get("repeats"), dict):
            raise RunError(f"{self.path} is damaged: it is not a run's status.")
        return parse_record(Status, content, self.path.name, [])

    def _write(self, status: Status) -> None:
        write_json(self.path, status)


def sum_up(statuses: Sequence[RepeatStatus | None]) -> RunStatus:
    """Return what the repeats' statuses make of the run, once nothing runs any more."""
    if all(status == "done" for status in statuses):
        return "done"
    if "stopped" in statuses:
        return "stopped"
    if any(status in ("interrupted", "waiting", "running") for status in statuses):
        return "interrupted"
    return "partial" if "done" in statuses else "failed"


def _running(status: Status) -> Status:
    pid = os.getpid()
    now = Status(status="running", ended=None, pid=pid, process=process_stamp(pid), host=host_name())
    return status.updated(now)
