"""What is handed to SLURM, and what is said where that cannot be; with SLURM's stand-in: tests/cluster."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cnnlab.errors import ConfigError
from cnnlab.executors.base import Event
from cnnlab.executors.remote import JobFiles
from cnnlab.executors.resources import Need
from cnnlab.executors.slurm import FOLDER, SlurmExecutor
from tests.executors.samples import job_of


def test_without_slurm_it_is_said_where_the_command_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(
        ConfigError, match="SLURM's command sbatch is not on the PATH; give the command on a login"
    ):
        SlurmExecutor()


def test_jobs_of_one_need_are_one_array_and_end_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two need more memory than the third; the second array is still running."""
    arrays: list[tuple[Need, list[int | None]]] = []
    cancelled: list[int | None] = []

    def submitter(self: SlurmExecutor, folder: Path, need: Need) -> Any:
        assert folder == tmp_path / FOLDER and folder.is_dir()

        def map_array(task: Any, jobs: list[Any], files: list[Any]) -> list[Any]:
            arrays.append((need, [job.repeat for job in jobs]))
            return [
                SimpleNamespace(
                    done=lambda: need.memory_bytes is not None,
                    result=lambda job=job: job.event("done"),
                    cancel=lambda check, job=job: cancelled.append(job.repeat),
                )
                for job in jobs
            ]

        return SimpleNamespace(map_array=map_array)

    monkeypatch.setattr(SlurmExecutor, "_submitter", submitter)
    large = "resources: {memory: 4 GB}\n"
    jobs = [job_of(tmp_path, 0, large), job_of(tmp_path, 1), job_of(tmp_path, 2, large)]
    executor = SlurmExecutor(cluster="local")
    executor.submit([(job, JobFiles(tmp_path, str(job.repeat))) for job in jobs])
    assert [repeats for _, repeats in arrays] == [[0, 2], [1]]
    if importlib.util.find_spec("submitit"):
        assert [(number, event.kind) for number, event in executor.news()] == [(0, "done"), (2, "done")]
        assert executor.news() == []
    executor.cancel(1)
    assert cancelled == [1]


def test_a_fraction_of_a_gpu_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("submitit")
    with pytest.raises(ConfigError, match=r"resources.gpus: expected a whole number .*, got 0\.5"):
        SlurmExecutor(cluster="local")._submitter(tmp_path, Need(1.0, 0.5))


def test_a_job_that_died_names_the_reason_and_where_to_look(tmp_path: Path) -> None:
    submitit = pytest.importorskip("submitit")
    from cnnlab.executors.slurm import _last_event

    def result() -> Event:
        raise submitit.core.utils.UncompletedJobError("Job 7\n\nslurmstepd: oom-kill\n\n")

    handed = SimpleNamespace(job_id="7_0", paths=SimpleNamespace(folder=tmp_path), result=result)
    event = _last_event(job_of(tmp_path, 2), handed)
    assert (event.kind, event.repeat) == ("failed", 2)
    assert event.error == f"SLURM's job 7_0 ended without a result: slurmstepd: oom-kill (see {tmp_path})."
