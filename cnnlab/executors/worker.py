"""A worker process of this machine: gets jobs through a pipe, and reports through it what happens."""

import contextlib
import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cnnlab.executors.base import Event
from cnnlab.executors.interrupts import SIGNALS
from cnnlab.executors.session import WorkerSession, silence
from cnnlab.training.rules import Stopped


def work(connection: Connection, environment: dict[str, str]) -> None:
    """Serve jobs until the parent sends None, or is gone."""
    for number in set(SIGNALS) - {signal.SIGTERM}:
        signal.signal(number, signal.SIG_IGN)  # the parent decides, and sends that through the pipe
    os.environ.update(environment)
    sys.stdin = open(os.devnull)  # noqa: PTH123, SIM115
    silence(Path(os.devnull))
    parent = _Parent(connection)
    session = WorkerSession()
    signal.signal(signal.SIGTERM, parent.stop)
    try:
        connection.send(Event("ready"))
        while not parent.stopping and (job := connection.recv()) is not None:
            parent.busy = True
            event = session.serve(job, parent.report, parent.check)
            parent.busy = False
            connection.send(event)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the parent is gone, and nobody reads what we would send
    os._exit(0)  # at once: the frameworks' threads have nothing left to save


class _Parent:
    """The worker's end of the pipe to the process that started it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.busy = False
        self.stopping = False

    def stop(self, number: int, frame: Any) -> None:
        """Handle SIGTERM: end at once when there is nothing to save, else at the next check."""
        self.stopping = True
        if not self.busy:
            os._exit(0)

    def report(self, event: Event) -> None:
        """Send an event; that the parent is gone shows at the next check."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send(event)

    def check(self) -> None:
        """Raise Stopped on SIGTERM, and when the parent has sent anything or is gone."""
        try:
            if not self.stopping and not self.connection.poll():
                return
            if not self.stopping:
                self.connection.recv()
        except (EOFError, ConnectionResetError):
            pass
        raise Stopped
