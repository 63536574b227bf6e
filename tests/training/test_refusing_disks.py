"""Disks that fill up, vanish or turn read-only under a run: one sentence, finished work intact, a readable folder.

The repeats are made up here, so that no test needs Keras; those of test_killed_runs.py train.
"""

import contextlib
import errno
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cnnlab.config.load import load_config
from cnnlab.errors import EXIT_REPEATS_FAILED, CnnlabError, RepeatsFailed, RunError
from cnnlab.executors.base import Event, Job
from cnnlab.executors.session import WorkerSession, log_traceback
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.outcome import Outcome
from cnnlab.experiments.plan import Experiment, Plan
from cnnlab.experiments.train import train
from cnnlab.files import write_json
from cnnlab.report.gather import gather
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.metrics_log import MetricsLog
from cnnlab.runs.read import load_run
from cnnlab.runs.status import StatusFile
from tests.conftest import TINY, environment
from tests.fake_runs import result
from tests.sample_configs import loaded
from tests.training.disks import fill, heeding_permissions, make_read_only, mounted


class Made:
    """An executor whose repeats need no training; `before` is called with each repeat's number and folder."""

    def __init__(self, before: Callable[[int, Path], None]) -> None:
        self.before = before

    def run(self, jobs: Sequence[Job], listen: Callable[[Event], None]) -> None:
        for job in jobs:
            if job.repeat is None:
                listen(job.event("prepared", {"warnings": []}))
                continue
            self.before(job.repeat, job.folder)
            listen(job.event("started"))
            try:
                folder = RunFolder(job.folder).repeat(job.repeat).make()
                content = result(job.repeat, 0.9, 3, "01")
                write_json(folder.result_path, content)
                listen(job.event("done", content))
            except CnnlabError as error:
                listen(job.event("failed", error=str(error), refused=error.exit_code))


Disturbed = Callable[[Callable[[Event], None]], Outcome]


def plan(tmp_path: Path, runs_dir: Path, before: Callable[[int, Path], None]) -> Disturbed:
    """Three repeats of the tiny experiment, which `before` disturbs."""
    (tmp_path / "tiny.yaml").write_text(TINY.replace("repeats: 2", "repeats: 3"))

    def start(listen: Callable[[Event], None]) -> Outcome:
        with patch.object(Plan, "workers", lambda *_: (1, Made(before))):
            return train(Experiment(load_config(tmp_path / "tiny.yaml")), Launch(runs_dir=runs_dir), listen)

    return start


def started_and_refused(start: Disturbed) -> tuple[str, Path]:
    """Run it; returns what is said, and the run folder."""
    events: list[Event] = []
    with pytest.raises(RepeatsFailed) as caught:
        start(events.append)
    assert caught.value.exit_code == EXIT_REPEATS_FAILED
    message = str(caught.value)
    assert "\n" not in message
    return message, Path(message.rpartition("resume with: cnnlab train --resume ")[2])


def at(repeat: int, action: Callable[[Path], Any]) -> Callable[[int, Path], None]:
    """A disturbance just before one repeat."""
    return lambda k, folder: action(folder) if k == repeat else None


def test_a_disk_that_fills_up_keeps_what_is_finished(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "size=1m") as disk:
        message, folder = started_and_refused(plan(tmp_path, disk / "runs", at(1, lambda _: fill(disk))))
        assert "No space left on device. 1 of 3 repeats are finished and kept" in message
        found = load_run(folder)
        assert found.repeats[0].status == "done"
        assert json.loads((folder / "status.json").read_text())["repeats"]["0"]["status"] == "done"
        assert not [path for path in folder.rglob(".*") if path.is_file()], "temporary files are left"
        (disk / "everything").unlink()
        assert gather([folder]).reports[0].rows, "the finished repeat is reported"


def test_a_disk_that_turns_read_only_keeps_what_is_finished(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        message, folder = started_and_refused(
            plan(tmp_path, disk / "runs", at(2, lambda _: make_read_only(disk)))
        )
        assert "Read-only file system. 2 of 3 repeats are finished and kept" in message
        assert len(load_run(folder).done) == 2


def test_a_runs_directory_that_vanishes_is_told(tmp_path: Path) -> None:
    message, folder = started_and_refused(plan(tmp_path, tmp_path / "runs", at(1, shutil.rmtree)))
    assert "No such file or directory. 0 of 3 repeats are finished" in message
    assert not folder.exists()


def test_a_read_only_place_is_refused_with_a_way_out(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk") as disk:
        make_read_only(disk)
        with pytest.raises(RunError, match=r"Read-only file system\. Name another place with --runs-dir"):
            RunFolder.create(disk / "runs", "a", "0" * 8)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "from cnnlab.runs.folder import RunFolder; RunFolder.create('locked/runs', 'a', '0' * 8)",
            "Cannot make a run folder in locked/runs: Permission denied. Name another place",
        ),
        (
            "from cnnlab.files import write_text; write_text('locked/a.txt', 'x')",
            "Cannot write locked/a.txt: Permission denied.",
        ),
        (
            "from pathlib import Path; from cnnlab.config.load import load_config; load_config(Path('secret.yaml'))",
            "secret.yaml cannot be read: Permission denied.",
        ),
        (
            "from cnnlab.runs.find import find_runs; from pathlib import Path; find_runs(['latest'], Path('hidden'))",
            "hidden: Permission denied",
        ),
    ],
)
def test_permission_denied_is_a_sentence(tmp_path: Path, code: str, said: str) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    (tmp_path / "hidden").mkdir(mode=0o000)
    (tmp_path / "secret.yaml").write_text(TINY)
    (tmp_path / "secret.yaml").chmod(0o000)
    program = f"import cnnlab.cli.app as app\ndef run(**_):\n {code}\napp.app = run\napp.main()"
    done = subprocess.run(
        [*heeding_permissions(), sys.executable, "-c", program],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert said in done.stderr and done.stderr.count("\n") == 1


def test_a_report_goes_on_without_a_config_that_may_not_be_read(tmp_path: Path) -> None:
    start = plan(tmp_path, tmp_path / "runs", lambda *_: None)
    folder = RunFolder(start(lambda event: None).folder)
    folder.config_path.chmod(0o000)
    done = subprocess.run(
        [*heeding_permissions(), sys.executable, "-m", "cnnlab", "report", folder.path],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "config.yaml is damaged" in done.stdout and "accuracy" in done.stdout


@pytest.fixture
def small_files_only() -> Any:
    """No file may have more than 4 KiB: a full disk for people without rights."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    heeded = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    signal.signal(signal.SIGXFSZ, heeded)


def test_a_file_that_cannot_grow_is_a_sentence_and_its_beginning_stays(
    tmp_path: Path, small_files_only: None
) -> None:
    log = MetricsLog(tmp_path / "metrics.csv", ["epoch", "loss"])
    with pytest.raises(RunError, match=r"Cannot write .*metrics\.csv: File too large\."):
        for epoch in range(1, 10_000):
            log.append({"epoch": epoch, "loss": 1 / epoch})
    assert len((tmp_path / "metrics.csv").read_bytes()) <= 4096
    write_json(tmp_path / "a.json", {"a": 1})
    with pytest.raises(RunError, match=r"Cannot write .*a\.json: File too large\."):
        write_json(tmp_path / "a.json", {"a": "x" * 5000})
    assert json.loads((tmp_path / "a.json").read_text()) == {"a": 1}
    assert {path.name for path in tmp_path.iterdir()} == {"metrics.csv", "a.json"}


def test_a_worker_tells_what_the_system_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not only what our own writing meets: any error of the system, with its path, and not as a bug of ours."""
    session = WorkerSession()

    def refuse(job: Job, *others: object) -> Event:
        raise OSError(errno.EROFS, "Read-only file system", "/somewhere")

    monkeypatch.setattr(session, "_run", refuse)
    monkeypatch.setattr("cnnlab.executors.session.log_traceback", lambda: None)
    event = session.serve(Job.of(loaded(tmp_path, TINY), 3, tmp_path, None), lambda event: None, lambda: None)
    assert (event.kind, event.repeat, event.refused) == ("failed", 3, 2)
    assert event.error == "/somewhere: Read-only file system."


def test_a_traceback_that_no_disk_takes_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/full stands for the log on a full disk."""
    with Path("/dev/full").open("w", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        try:
            raise ValueError("x")
        except ValueError:
            log_traceback()
        with contextlib.suppress(OSError):
            full.close()


def test_a_clock_that_jumps_back_harms_nothing(tmp_path: Path) -> None:
    """A run that ends before it started, and a folder that is older than the one made before it."""
    now = datetime.now()
    later = RunFolder.create(tmp_path, "a", "0" * 8, now + timedelta(hours=5))
    later.status.start("train", [0], now + timedelta(hours=5))
    earlier = RunFolder.create(tmp_path, "a", "0" * 8, now)
    assert earlier.path != later.path
    later.status.set_repeat(0, "done")
    later.status.finish()
    found = load_run(later.path)
    assert found.status == "done" and (found.ended or "") < (found.started or "")
    done = subprocess.run(
        [sys.executable, "-m", "cnnlab", "runs", "show", later.path],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"(?<![\w/])-\d", done.stdout) is None  # nothing is below 0


def test_a_status_of_another_file_system_is_read_or_refused(tmp_path: Path) -> None:
    for content in ("", "{", "[" * 100_000, "[]", '{"repeats": []}', "\x00"):
        (tmp_path / "status.json").write_text(content)
        with pytest.raises(RunError, match="is damaged"):
            StatusFile(tmp_path / "status.json").read()
    (tmp_path / "status.json").unlink()
    os.mkfifo(tmp_path / "status.json")
    with pytest.raises(RunError, match="not an ordinary file"):
        StatusFile(tmp_path / "status.json").read()
