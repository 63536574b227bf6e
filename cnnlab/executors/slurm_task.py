"""A job as a task of SLURM: what runs on the node, and the file in which it tells."""

import json
import os
import time
from pathlib import Path
from typing import Any

from cnnlab.executors.base import Event, Job
from cnnlab.executors.session import Session
from cnnlab.executors.surroundings import surroundings
from cnnlab.files import to_json_text

STOP = "stop"  # a file that tells all tasks to save their state and to end
SECONDS_BETWEEN_LOOKS = 0.5


class SlurmTask:
    """Serves one job. submitit calls it, and `checkpoint` before SLURM takes the node away."""

    def __init__(self, folder: Path) -> None:
        """`folder` is where the word to stop is looked for."""
        self.folder = folder
        self.looked = 0.0

    def __call__(self, job: Job, events: Path) -> Event:
        """Serve the job, and return the event that ends it; what happens until then goes into `events`."""
        os.environ["CNNLAB_CHOSEN_BACKEND"] = job.config["training"]["backend"]
        with events.open("a", encoding="utf-8") as file:

            def tell(event: Event) -> None:
                content = surroundings() if event.kind == "started" else event.content
                said = {"kind": event.kind, "repeat": event.repeat, "content": content, "error": event.error}
                file.write(to_json_text(said) + "\n")
                file.flush()

            return Session().serve(job, tell, lambda: self.check(events))

    def checkpoint(self, job: Job, events: Path) -> Any:
        """The same task once more: it goes on from its own checkpoint."""
        import submitit

        return submitit.helpers.DelayedSubmission(self, job, events)

    def check(self, events: Path) -> None:
        """Raise Stopped when all tasks are to stop, or the one that tells in `events`."""
        from cnnlab.training.rules import Stopped

        if time.monotonic() - self.looked < SECONDS_BETWEEN_LOOKS:
            return
        self.looked = time.monotonic()
        if (self.folder / STOP).exists() or stop_path(events).exists():
            raise Stopped


def stop_path(events: Path) -> Path:
    """The file that tells the task which tells in `events` to save its state and to end."""
    return events.with_suffix(".stop")


def told(path: Path, start: int) -> tuple[list[Event], int]:
    """The events in a file from the byte `start` on, and where the next one will begin; a broken line waits."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            whole, newline, _ = file.read().rpartition(b"\n")
    except FileNotFoundError:
        return [], start
    lines = whole.splitlines() if newline else []
    return [Event(**json.loads(line)) for line in lines], start + len(whole) + len(newline)
