"""status.json: where a run stands, and each of its repeats.

One process writes it, the run's parent; anybody may read it at any time. Its content:

    {"command": "train", "started": "2026-11-21T23:59:59.123456+01:00", "status": "running", "ended": null,
     "pid": 4711, "process": "123456", "host": "lab-pc",
     "repeats": {"0": {"status": "done", "error": null}, "1": {"status": "waiting", "error": null}}}

`command` tells train runs from verify runs, and from sweeps, which have no repeats of their own. A cell of a sweep may
be stopped early, and then so is the run. Times are local, with their offset from UTC.
"""

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from cnnlab.errors import RunError
from cnnlab.files import write_json
from cnnlab.reading import read_text
from cnnlab.runs.process import host_name, is_alive, process_stamp

Command = Literal["train", "verify", "sweep"]
RunStatus = Literal["running", "done", "partial", "failed", "interrupted", "stopped"]
RepeatStatus = Literal["waiting", "running", "done", "failed", "interrupted", "stopped"]


def now_text(now: datetime | None = None) -> str:
    """Return the local time with its offset from UTC, in ISO 8601 with microseconds."""
    return (now or datetime.now()).astimezone().isoformat(timespec="microseconds")


class StatusFile:
    """Reads and, in the run's parent process, writes one status.json."""

    def __init__(self, path: Path) -> None:
        """Stand for the file at `path`, which need not exist yet."""
        self.path = path

    def start(self, command: Command, repeats: Iterable[int], now: datetime | None = None) -> None:
        """Write the first status: running since `now`, every repeat waiting."""
        _check(command, Command)
        waiting = {str(k): {"status": "waiting", "error": None} for k in repeats}
        self._write({"command": command, "started": now_text(now), **_running(), "repeats": waiting})

    def resume(self, done: Iterable[int], waiting: Iterable[int]) -> None:
        """Mark the run as running once more, in this process, with those repeats done and those waiting."""
        states = dict.fromkeys(done, "done") | dict.fromkeys(waiting, "waiting")
        repeats = {str(k): {"status": states[k], "error": None} for k in sorted(states)}
        try:
            before = self.read()
        except RunError:
            before = {"command": "train", "started": now_text()}
        self._write({**before, **_running(), "repeats": repeats})

    def set_repeat(self, k: int, repeat_status: RepeatStatus, error: str | None = None) -> None:
        """Record where repeat `k` stands; `error` is one sentence for a person."""
        _check(repeat_status, RepeatStatus)
        status = self.read()
        status["repeats"][str(k)] = {"status": repeat_status, "error": error}
        self._write(status)

    def finish(self, run_status: RunStatus | None = None) -> RunStatus:
        """Record the end and return the final status, by default the one that the repeats add up to.

        All done: done. One stopped early: stopped. Some done: partial. One interrupted and none of them running any
        more: interrupted, and repeats that still wait or run are marked so too. None done: failed.
        """
        status = self.read()
        final = run_status or sum_up([entry["status"] for entry in status["repeats"].values()])
        _check(final, RunStatus)
        if final == "interrupted":
            for entry in status["repeats"].values():
                if entry["status"] in ("waiting", "running"):
                    entry["status"] = "interrupted"
        self._write({**status, "status": final, "ended": now_text()})
        return final

    def read(self) -> dict[str, Any]:
        """Return the content; raises RunError when the file is missing or is no status."""
        try:
            status = json.loads(read_text(self.path))
        except OSError as error:
            raise RunError(f"Cannot read {self.path}: {error.strerror or error}.") from error
        except (ValueError, RecursionError) as error:
            raise RunError(f"{self.path} is damaged: it holds no JSON.") from error
        if not isinstance(status, dict) or not isinstance(status.get("repeats"), dict):
            raise RunError(f"{self.path} is damaged: it is no run's status.")
        return status

    def _write(self, status: dict[str, Any]) -> None:
        write_json(self.path, status)


def sum_up(statuses: list[str]) -> RunStatus:
    """Return what the repeats' statuses make of the run, once nothing runs any more."""
    if all(status == "done" for status in statuses):
        return "done"
    if "stopped" in statuses:
        return "stopped"
    if any(status in ("interrupted", "waiting", "running") for status in statuses):
        return "interrupted"
    return "partial" if "done" in statuses else "failed"


def writer_is_gone(status: Mapping[str, Any]) -> bool:
    """Whether a status says running although its process, on this machine, has ended (killed, or a crash).

    False for a run on another machine, of which nothing can be known from here.
    """
    pid = status.get("pid")
    if status.get("status") != "running" or status.get("host") != host_name() or not isinstance(pid, int):
        return False
    stamp = status.get("process")
    return not is_alive(pid, stamp if isinstance(stamp, str) else None)


def _running() -> dict[str, Any]:
    pid = os.getpid()
    return {
        "status": "running",
        "ended": None,
        "pid": pid,
        "process": process_stamp(pid),
        "host": host_name(),
    }


def _check(value: str, kind: Any) -> None:
    if value not in get_args(kind):
        raise ValueError(f"expected one of {', '.join(get_args(kind))}; received {value!r}")
