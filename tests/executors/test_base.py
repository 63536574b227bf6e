"""Jobs and events: plain data that any process can be sent."""

import pickle
from pathlib import Path

from cnnlab.executors.base import ProcessSetup
from tests.conftest import TINY
from tests.executors.samples import job_of
from tests.sample_configs import loaded


def test_a_job_travels_with_its_config(tmp_path: Path) -> None:
    job = job_of(tmp_path, 3)
    again = pickle.loads(pickle.dumps(job))
    assert again == job and again.config.unpacked() == loaded(tmp_path, TINY)


def test_an_event_says_which_job_of_which_run_it_is_about(tmp_path: Path) -> None:
    event = job_of(tmp_path, 3).event("failed", error="No.", refused=2)
    assert (event.kind, event.repeat, event.folder) == ("failed", 3, tmp_path)
    assert (event.content, event.error, event.refused) == (None, "No.", 2)


def test_jobs_share_a_process_unless_they_differ_in_what_it_decides_once(tmp_path: Path) -> None:
    setup = ProcessSetup.of(loaded(tmp_path, TINY))
    for same in ("seed=9", "training.epochs=7", "training.batch_size=8", "training.metrics=[auc]"):
        assert ProcessSetup.of(loaded(tmp_path, TINY, same)) == setup
    for other in ("threads=2", "device=cpu", "devices=2", "deterministic=true", "precision=mixed_bfloat16"):
        assert ProcessSetup.of(loaded(tmp_path, TINY, f"training.{other}")) != setup
