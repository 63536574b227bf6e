"""Threads of a repeat, repeats side by side, and the GPUs of each."""

import pytest

from cnnlab.executors import threads
from cnnlab.executors.threads import gpu_slots, resolve_jobs, resolve_threads


@pytest.fixture(autouse=True)
def _a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 8 cores and without a GPU."""
    monkeypatch.setattr(threads, "usable_cores", lambda: 8)
    monkeypatch.setattr(threads, "gpus", list)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@pytest.mark.parametrize(
    ("asked", "repeats", "each"), [("auto", 1, 8), ("auto", 3, 2), ("auto", 20, 1), (5, 3, 5)]
)
def test_repeats_share_the_cores(asked: int | str, repeats: int, each: int) -> None:
    assert resolve_threads(asked, repeats) == each


@pytest.mark.parametrize(
    ("jobs", "threads_of_each", "waiting", "side_by_side"),
    [("auto", 2, 5, 4), ("auto", 2, 3, 3), ("auto", 16, 5, 1), (9, 1, 5, 5), (2, 8, 5, 2), ("auto", 1, 0, 1)],
)
def test_as_many_run_side_by_side_as_there_are_cores_and_repeats(
    jobs: int | str, threads_of_each: int, waiting: int, side_by_side: int
) -> None:
    assert resolve_jobs(jobs, threads=threads_of_each, device="auto", waiting=waiting) == side_by_side


def test_gpus_decide_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "gpus", lambda: ["a", "b"])
    assert gpu_slots("auto") == ["0", "1"]
    assert resolve_jobs("auto", threads=8, device="auto", waiting=5) == 2
    assert resolve_jobs("auto", threads=8, device="cpu", waiting=5) == 1
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert gpu_slots("auto") == []


@pytest.mark.parametrize(
    ("visible", "device", "devices", "slots"),
    [
        ("0,1,2,3", "auto", 1, ["0", "1", "2", "3"]),
        ("0,1,2,3", "gpu", 2, ["0,1", "2,3"]),
        ("4,5,6", "gpu", 2, ["4,5"]),
        ("4,5,6", "gpu:1", 2, ["5,6"]),
        ("0", "gpu", 2, ["0"]),
        ("0,1", "cpu", 2, []),
    ],
)
def test_workers_share_out_the_gpus_of_each_repeat(
    visible: str, device: str, devices: int, slots: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu_slots(device, devices) == slots
