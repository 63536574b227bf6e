"""Keeping loggers away from the run: each in a thread of its own, and whatever it raises stays there.

The run puts what happens into a queue and continues. A logger that fails, or cannot even be imported, is reported once
and called no more; one that hangs is left behind when the run has ended. The traceback is in ``logging.txt``.
"""

import contextlib
import queue
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cnnlab.errors import RunError
from cnnlab.files import append_text
from cnnlab.loggers.base import Logger, RunInfo, logger

SECONDS_TO_END = 60.0
LOG = "logging.txt"


class Loggers:
    """All loggers of one run."""

    def __init__(self, items: Sequence[Any], run: RunInfo, warn: Callable[[str], None]) -> None:
        """Start the loggers that a config's `logging` names; `warn` gets a sentence when one fails."""
        self._warn = warn
        self._threads = [_LoggerThread(item, run.folder / LOG) for item in items]
        self._call("start", run)

    def start_repeat(self, repeat: int) -> None:
        self._call("start_repeat", repeat)

    def epoch(self, repeat: int, row: Any) -> None:
        self._call("epoch", repeat, dict(row))

    def end_repeat(self, repeat: int, status: str, result: Any) -> None:
        self._call("end_repeat", repeat, status, result)

    def close(self, status: str, seconds: float = SECONDS_TO_END) -> None:
        """End all, waiting at most so long for them together."""
        self._call("end", status)
        deadline = time.monotonic() + seconds
        with contextlib.suppress(KeyboardInterrupt):  # somebody will not wait; the run has ended as it has
            for thread in self._threads:
                thread.finish(max(0.0, deadline - time.monotonic()))
        self._report_failures()

    def _call(self, method: str, *arguments: Any) -> None:
        for thread in self._threads:
            thread.calls.put((method, arguments))
        self._report_failures()

    def _report_failures(self) -> None:
        for thread in self._threads:
            if thread.failure is not None and not thread.reported:
                thread.reported = True
                self._warn(thread.failure)


class _LoggerThread(threading.Thread):
    """Calls one logger's methods in the order of the queue, until one of them raises."""

    def __init__(self, item: Any, log: Path) -> None:
        super().__init__(name=f"logger {item.name}", daemon=True)
        self.item = item
        self.log = log
        self.calls: queue.SimpleQueue[tuple[str, tuple[Any, ...]] | None] = queue.SimpleQueue()
        self.failure: str | None = None
        self.reported = False
        self.start()

    def run(self) -> None:
        try:
            subject: Logger = logger.get(self.item.name)(parameters=self.item.parameters)
            while (call := self.calls.get()) is not None:
                method, arguments = call
                getattr(subject, method)(*arguments)
        except BaseException as error:
            self._fail(error)

    def finish(self, seconds: float) -> None:
        """Let it work off the queue for so long."""
        self.calls.put(None)
        self.join(seconds)
        if self.is_alive() and self.failure is None:
            self.failure = (
                f"The logger {self.item.name} did not end in time; what it has logged may be incomplete."
            )

    def _fail(self, error: BaseException) -> None:
        line = str(error).strip().partition("\n")[0][:300]
        reason = f"{type(error).__name__}: {line}" if line else type(error).__name__
        where = ""
        with contextlib.suppress(RunError):
            append_text(self.log, f"{self.item.name}\n{''.join(traceback.format_exception(error))}\n")
            where = f" See {self.log}."
        self.failure = (
            f"The logger {self.item.name} failed and logs no more ({reason}); the run continues.{where}"
        )
