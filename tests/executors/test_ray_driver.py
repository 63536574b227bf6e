"""Tasks given to a Ray that is a stand-in: how many at a time, again after a loss, and what is reported."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cnnlab.errors import RunError
from cnnlab.executors.base import Event
from cnnlab.executors.ray_driver import ATTEMPTS, READY_AHEAD, Driver, RayTask, is_loss
from cnnlab.executors.remote import JobFiles
from cnnlab.executors.resources import Need
from tests.executors.samples import job_of


class RayError(Exception):
    """As Ray's own."""


class NodeDiedError(RayError):
    """One for which there is a reason in words."""


class RayTaskError(RayError):
    """What the function on the node raised."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class FakeRay:
    """A cluster of one node; each task ends at once, with what `fates` holds for it in turn."""

    exceptions = SimpleNamespace(RayError=RayError, RayTaskError=RayTaskError)

    def __init__(self, *fates: Any) -> None:
        self.fates = list(fates)
        self.given: list[dict[str, Any]] = []
        self.cancelled: list[int] = []
        self.most_at_once = 0

    def get_runtime_context(self) -> Any:
        return SimpleNamespace(gcs_address="127.0.0.1:1")

    def nodes(self) -> list[dict[str, Any]]:
        return [
            {"Alive": True, "Resources": {"CPU": 2.0}},
            {"Alive": False, "Resources": {"CPU": 64.0}},
        ]

    def remote(self, **limits: Any) -> Any:
        def options(**asked: Any) -> Any:
            self.given.append({**limits, **asked})
            return SimpleNamespace(remote=lambda job, files: len(self.given) - 1)

        return lambda function: SimpleNamespace(options=options)

    def wait(self, references: list[int], **options: Any) -> Any:
        self.most_at_once = max(self.most_at_once, len(references))
        return references, []

    def get(self, reference: int) -> Any:
        fate = self.fates.pop(0)
        if isinstance(fate, Exception):
            raise fate
        return fate

    def cancel(self, reference: int, *, force: bool) -> None:
        self.cancelled.append(reference)


class Connection:
    """The command's end: what it asks for, and what it was told."""

    def __init__(self, *asked: Any) -> None:
        self.asked, self.told = list(asked), list[Any]()

    def poll(self, timeout: float | None) -> bool:
        return bool(self.asked)

    def recv(self) -> Any:
        return self.asked.pop(0)

    def send(self, what: Any) -> None:
        self.told.append(what)

    @property
    def events(self) -> list[tuple[str, str | None]]:
        return [(event.kind, event.error) for kind, _, event in self.told if kind == "news"]


def tasks(folder: Path, count: int, more: str = "") -> list[RayTask]:
    return [RayTask(n, job_of(folder, n, more), JobFiles(folder, str(n))) for n in range(count)]


def served(ray: FakeRay, *asked: Any) -> Connection:
    """What the command is told until nothing runs or waits."""
    connection = Connection(*asked)
    driver = Driver(ray, connection)  # type: ignore[arg-type]
    while connection.asked or driver.waiting or driver.running:
        driver.step()
    return connection


def test_as_many_run_as_there_is_room_for_or_as_the_command_wants(tmp_path: Path) -> None:
    for most, at_once in ((3, 3), (None, 2 + READY_AHEAD)):
        ray = FakeRay(*[Event("done")] * 30)
        told = served(ray, ("submit", tasks(tmp_path, 30), most))
        assert told.events == [("done", None)] * 30 and ray.most_at_once == at_once
    asked = ray.given[0]
    assert (asked["num_cpus"], asked["num_gpus"], asked["max_retries"]) == (1.0, 0.0, 0)
    assert asked["name"] == f"repeat 0 of {tmp_path.name}" and asked["max_calls"] > 1


def test_a_process_keeps_its_gpu_for_one_task_alone(tmp_path: Path) -> None:
    ray = FakeRay(Event("done"))
    served(ray, ("submit", tasks(tmp_path, 1, "resources: {gpus: 0.5}\n"), 1))
    assert (ray.given[0]["max_calls"], ray.given[0]["num_gpus"]) == (1, 0.5)


def test_what_a_dying_node_took_along_is_tried_again_and_not_for_ever(tmp_path: Path) -> None:
    told = served(FakeRay(NodeDiedError(), RayError(), Event("done")), ("submit", tasks(tmp_path, 1), 1))
    assert told.events == [
        ("warning", "repeat 0: its node died; it is resumed elsewhere, from its last checkpoint."),
        ("warning", "repeat 0: Ray lost it (RayError); it is resumed elsewhere, from its last checkpoint."),
        ("done", None),
    ]
    told = served(FakeRay(*[NodeDiedError()] * ATTEMPTS), ("submit", tasks(tmp_path, 1), 1))
    assert told.events[-1] == ("failed", f"its node died, {ATTEMPTS} times in all.")


def test_what_a_node_raises_is_not_tried_again(tmp_path: Path) -> None:
    told = served(FakeRay(RayTaskError(ImportError("no keras\nthere"))), ("submit", tasks(tmp_path, 1), 1))
    assert told.events == [("failed", "ImportError: no keras")]


def test_needs_that_no_living_node_has_room_for_are_named() -> None:
    small, large = Need(2.0), Need(3.0)
    told = served(FakeRay(), ("join", [small, large]))
    assert told.told == [("joined", "127.0.0.1:1", [large])]


def test_a_task_is_cancelled_whether_it_waits_or_runs(tmp_path: Path) -> None:
    ray = FakeRay()
    driver = Driver(ray, Connection())  # type: ignore[arg-type]
    driver.submit(tasks(tmp_path, 2), 1)
    driver._submit()
    driver.cancel(0)
    driver.cancel(1)
    assert ray.cancelled == [0] and not driver.waiting and not driver.running


def test_an_error_of_ray_itself_is_a_lost_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ray = FakeRay()
    monkeypatch.setattr(ray, "nodes", lambda: (_ for _ in ()).throw(RayError()))
    with pytest.raises(RunError, match=r"The Ray cluster was lost \(RayError\)\."):
        served(ray, ("submit", tasks(tmp_path, 1), None))
    monkeypatch.setattr("cnnlab.executors.ray_driver.answers", lambda head: True)
    assert not is_loss(ray, "head:1", ValueError("ours"))
    assert not is_loss(ray, "head:1", OSError(28, "No space left on device"))
    monkeypatch.setattr("cnnlab.executors.ray_driver.answers", lambda head: False)
    assert is_loss(ray, "head:1", ValueError("ours"))
