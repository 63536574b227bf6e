"""What stands for the process that is connected to Ray, with one fate each."""

import json
import os
import time
from multiprocessing.connection import Connection
from typing import Any

from cnnlab.executors.machine import Machine
from cnnlab.executors.ray_driver import RayTask


def _begun(connection: Connection, address: str | None = None) -> RayTask:
    """Join, take a run, and report that its first job has started."""
    kind, *_ = connection.recv()
    assert kind == "join"
    connection.send(("joined", address, []))
    kind, tasks, _ = connection.recv()
    assert kind == "submit"
    task: RayTask = tasks[0]
    line = {"kind": "started", "content": Machine.here().plain(), "error": None}
    with task.files.events.open("a") as file:
        file.write(json.dumps(line) + "\n")
    return task


def dies(connection: Connection, address: str | None) -> None:
    """As Ray ends a process whose node has died."""
    _begun(connection)
    time.sleep(1)
    os._exit(1)


def hangs(connection: Connection, address: str | None) -> None:
    """As a call waits for a head that has died; `address` is that of the head."""
    _begun(connection, address)
    time.sleep(60)


def dies_when_interrupted(connection: Connection, address: str | None) -> None:
    """The head dies while the tasks are saving."""
    task = _begun(connection)
    while not task.files.stop.exists():
        time.sleep(0.05)
    os._exit(1)


def stops(connection: Connection, address: str | None) -> None:
    """Ends a job when it is asked to, and with it the run; the second run fails."""
    task = _begun(connection)
    while not task.files.stop.exists():
        time.sleep(0.05)
    connection.send(("news", task.number, task.job.event("interrupted")))
    _begun(connection)
    failed: Any = "Traceback: ValueError: no"
    connection.send(("failed", failed))
    connection.recv()
