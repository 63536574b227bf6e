"""A job as a task of Ray: what runs on the node."""

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnnlab.errors import DataError, RunError
from cnnlab.executors.base import Event, Job
from cnnlab.executors.files import manifests, packed, unpack
from cnnlab.executors.session import Session
from cnnlab.executors.surroundings import surroundings
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.process import host_name

SECONDS_BETWEEN_LOOKS = 0.5  # for the word to stop, and for checkpoints to send home

_session = Session()  # of this process: Ray starts one for each setup of jobs


@dataclass(frozen=True)
class Luggage:
    """What a task takes along. proof: a file in the run folder, by which a node knows that it sees that folder."""

    home: Any
    proof: str | None
    extensions: dict[str, bytes]  # content by path


@dataclass(frozen=True)
class OnEachNode:
    """Stands for data that lie in files too large to send: each node reads its own, which must look alike."""

    outline: str  # see `Dataset.outline`


def serve(job: Job, luggage: Luggage, data: Any) -> Event:
    """Serve a job in this process, and return the event that ends it.

    data: a `Dataset`, or `OnEachNode`.
    """
    here = Path(tempfile.mkdtemp(prefix="cnnlab-"))
    try:
        with _output_of_its_own():
            return _Errand(job, luggage, here).run(data)
    finally:
        shutil.rmtree(here, ignore_errors=True)


class _Errand:
    """One job on a node, and its link to the machine that it comes from."""

    def __init__(self, job: Job, luggage: Luggage, here: Path) -> None:
        self.job = job
        self.home = luggage.home
        self.shared = job.repeat is None or (
            luggage.proof is not None and (job.folder / luggage.proof).exists()
        )
        folder = job.folder if self.shared else here / job.folder.name
        self.local = replace(
            job, folder=folder, config=_with_extensions(job.config, luggage.extensions, here)
        )
        self.sent: list[Path] = []
        self.looked = 0.0
        self.stopping: Any = None  # the call that returns when this task is to stop

    def run(self, data: Any) -> Event:
        import ray

        try:
            if isinstance(data, OnEachNode):
                data = self._own_data(data.outline)
            if not self.shared:
                unpack(ray.get(self.home.fetch.remote(self.job.folder, self.job.repeat)), self._repeat())
                self.sent = manifests(self._repeat())
            event = _session.serve(self.local, self.tell, self.check, data)
            if not self.shared:
                self._send()
        except (RunError, DataError) as error:  # of the disk at home; of the data here
            event = Event("failed", self.job.repeat, error=str(error), refused=error.exit_code)
        ray.get(self.home.tell.remote([]))  # all that was told has arrived
        return self.job.said(event)

    def _own_data(self, outline: str) -> Any:
        """The data as they lie on this node. Raises DataError when they are missing, or are others than at home."""
        from cnnlab.config.load import check, document_of
        from cnnlab.training.prepare import load_data

        config = check(document_of(self.local.config, self.local.folder / "config.yaml"))
        data = load_data(config, self.job.data_dir)
        if data.outline() != outline:
            raise DataError(
                f"{data.source} on {host_name()} holds other data than where the command was given: bring both in line."
            )
        return data

    def tell(self, event: Event) -> None:
        """Send an event home, with where the job runs."""
        if event.kind == "started":
            event = replace(event, content=surroundings())
        self.home.tell.remote([self.job.said(event)])

    def check(self) -> None:
        """Send a new checkpoint home where the run folder is not shared; raise Stopped when the tasks are to stop."""
        from cnnlab.training.rules import Stopped

        if time.monotonic() - self.looked < SECONDS_BETWEEN_LOOKS:
            return
        self.looked = time.monotonic()
        if not self.shared and manifests(self._repeat()) != self.sent:
            self._send()
        if self._is_to_stop():
            raise Stopped

    def _send(self) -> None:
        import ray

        self.sent = manifests(self._repeat())
        ray.get(self.home.store.remote(self.job.folder, self.job.repeat, packed(self._repeat())))

    def _is_to_stop(self) -> bool:
        import ray

        if self.stopping is None:
            self.stopping = self.home.stopping.remote(self.job.folder, self.job.repeat)
        return bool(ray.wait([self.stopping], timeout=0)[0])

    def _repeat(self) -> Path:
        return RunFolder(self.local.folder).repeat(self.job.repeat or 0).path


def _with_extensions(config: dict[str, Any], extensions: dict[str, bytes], here: Path) -> dict[str, Any]:
    """The config with the paths of its extensions on this node, written into `here` where they are not there."""
    paths = []
    for name in config["extensions"]:
        path = Path(name)
        if not path.is_file() or path.read_bytes() != extensions[name]:
            path = here / path.name
            path.write_bytes(extensions[name])
        paths.append(str(path))
    return {**config, "extensions": paths}


@contextlib.contextmanager
def _output_of_its_own() -> Iterator[None]:
    """While the body runs, file descriptors 1 and 2 may be sent elsewhere; then they are Ray's again."""
    saved = [(stream, os.dup(stream)) for stream in (1, 2)]
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for stream, descriptor in saved:
            os.dup2(descriptor, stream)
            os.close(descriptor)
