"""Jobs of a small config."""

from pathlib import Path

from cnnlab.executors.base import Job
from tests.conftest import TINY
from tests.sample_configs import loaded


def job_of(folder: Path, repeat: int | None = 0, more: str = "") -> Job:
    return Job.of(loaded(folder, TINY + more), repeat, folder, None)
