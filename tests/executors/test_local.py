"""Worker processes of this machine with jobs of several runs: one pool, and each event names its run."""

from pathlib import Path

import pytest

from cnnlab.executors.base import Event, Job
from cnnlab.executors.local import LocalExecutor
from tests.conftest import TINY
from tests.sample_configs import loaded


@pytest.mark.keras
@pytest.mark.xdist_group("train")
def test_jobs_of_several_runs_share_a_pool_and_each_has_its_own_data(tmp_path: Path) -> None:
    """Two runs on different data in one worker: the second does not train on the first one's images."""
    other = TINY.replace(
        "dataset: mnist10k",
        "dataset: pcam_synthetic, train_images: 130, validation_images: 20, test_images: 20",
    )
    configs = {name: loaded(tmp_path, text) for name, text in (("digits", TINY), ("patches", other))}
    jobs = [
        Job.of(config, repeat, tmp_path / name, None)
        for name, config in configs.items()
        for repeat in range(2 if name == "digits" else 1)
    ]
    events: list[Event] = []
    LocalExecutor(1).run(jobs, events.append)
    done = [event for event in events if event.kind == "done"]
    assert [(event.folder, event.repeat) for event in done] == [(job.folder, job.repeat) for job in jobs]
    assert [event.content["input"]["shape"][2] for event in done] == [1, 1, 3]
    assert all(event.folder is not None for event in events)
    assert (tmp_path / "patches" / "repeats" / "0" / "result.json").is_file()


@pytest.mark.keras
@pytest.mark.xdist_group("train")
def test_jobs_of_runs_that_need_processes_of_their_own_go_together(tmp_path: Path) -> None:
    """Threads are set once in a process, so the worker of one run cannot serve the other."""
    configs = [
        loaded(tmp_path, TINY.replace("epochs: 3", "epochs: 1").replace("threads: 1", f"threads: {n}"))
        for n in (1, 2)
    ]
    jobs = [
        Job.of(config, repeat, tmp_path / str(config.training.threads), None)
        for repeat in (0, 1)
        for config in configs
    ]
    events: list[Event] = []
    LocalExecutor(1).run(jobs, events.append)
    done = [(event.folder, event.repeat) for event in events if event.kind == "done"]
    assert done == [(tmp_path / threads, repeat) for threads in "12" for repeat in (0, 1)]
