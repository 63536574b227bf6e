"""What stands for the process that is connected to Ray, with one fate each."""

import os
import time
from multiprocessing.connection import Connection
from typing import Any

from cnnlab.executors.base import Event, Job


def _begun(connection: Connection) -> Job:
    """Hear of a run, and tell that its first job has begun."""
    _, jobs, _, _ = connection.recv()
    job: Job = jobs[0]
    connection.send(("event", job.said(Event("started", job.repeat))))
    return job


def dies(connection: Connection, address: str | None) -> None:
    """As Ray ends a process whose node has died."""
    _begun(connection)
    os._exit(1)


def hangs(connection: Connection, address: str | None) -> None:
    """As a call waits for a head that has died; `address` is that of the head."""
    connection.send(("joined", address))
    _begun(connection)
    time.sleep(60)


def dies_when_interrupted(connection: Connection, address: str | None) -> None:
    """The head dies while the tasks are saving."""
    _begun(connection)
    connection.recv()
    os._exit(1)


def stops(connection: Connection, address: str | None) -> None:
    """Ends a job when it is told to, and the run; the second run fails."""
    job = _begun(connection)
    told = connection.recv()
    assert told == ("stop", job.folder, job.repeat)
    connection.send(("event", job.said(Event("interrupted", job.repeat))))
    connection.send(("ended", None))
    _begun(connection)
    failed: Any = "Traceback: ValueError: no"
    connection.send(("ended", failed))
    connection.recv()
