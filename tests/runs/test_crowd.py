"""Many at once: starts in one second, and readers while a writer writes. No Keras: what trains is in tests/training."""

import io
import json
import multiprocessing
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cnnlab.files import write_json, write_text
from cnnlab.report.builders.report import build_report
from cnnlab.report.builders.run_list import run_list
from cnnlab.report.builders.run_page import run_page
from cnnlab.report.gather import gather
from cnnlab.report.render.terminal import print_document, print_section, print_table
from cnnlab.runs.find import list_runs
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.metrics_log import MetricsLog
from cnnlab.runs.overview import overview
from cnnlab.runs.read import load_run
from cnnlab.runs.summary_files import write_summary
from tests.conftest import environment
from tests.fake_runs import COLUMNS, result, write_predictions

pytestmark = pytest.mark.heavy

SECONDS = 3.0
STARTS = 8


def start(directory: str) -> str:
    """Make a folder and its first files, as a run does."""
    folder = RunFolder.create(directory, "crowd", "0" * 8)
    folder.status.start("train", range(2))
    return folder.path.name


def test_eight_starts_at_once_get_eight_whole_folders(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(STARTS, mp_context=context) as pool:
        names = list(pool.map(start, [str(tmp_path / "runs")] * 4 * STARTS))
    assert len(set(names)) == 4 * STARTS
    found = list_runs(tmp_path / "runs")
    assert {path.name for path in found} == set(names)
    assert all(overview(path).planned == 2 for path in found)


def write_for_ever(directory: str, name: str) -> None:
    """A run that never ends: new repeats, rows, results and summaries, as fast as the disk takes them."""
    folder = RunFolder.create(directory, name, "0" * 8)
    write_text(folder.config_path, "name: crowd\nseed: 0\n")
    write_json(folder.environment_path, {"data": {"dataset": "mnist", "title": "MNIST"}})
    turn = 0
    while True:
        folder.status.start("train", range(4))
        for k in range(4):
            folder.status.set_repeat(k, "running")
            repeat = folder.repeat(k).make()
            log = MetricsLog(repeat.metrics_path, COLUMNS)
            for epoch in range(1, 6):
                log.append({"epoch": epoch, "loss": 1.0 / epoch, "accuracy": 0.5})
            write_predictions(repeat.predictions_path, 0.9, 3, 5, turn)
            write_json(repeat.result_path, result(k, 0.9, 5, "abc"))
            folder.status.set_repeat(k, "done")
        folder.status.finish()
        write_summary(folder.path)
        turn += 1


@pytest.fixture
def writers(tmp_path: Path) -> Any:
    """Two runs at work in one directory."""
    code = "import sys; from tests.runs.test_crowd import write_for_ever; write_for_ever(sys.argv[1], sys.argv[2])"
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "runs"), name], env=environment())
        for name in ("one", "two")
    ]
    deadline = time.monotonic() + 60
    while len(list((tmp_path / "runs").glob("*/summary.json"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    yield tmp_path / "runs"
    for process in processes:
        assert process.poll() is None, "a writer met an error"
        process.kill()
        process.wait()


def test_readers_never_meet_half_a_file(writers: Path) -> None:
    """Reports, lists and pages for some seconds: no exception, no damaged file, every number whole."""
    rounds = 0
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline or rounds < 3:
        paths = list_runs(writers)
        assert len(paths) == 2
        console = Console(file=io.StringIO(), width=80)
        print_table(run_list([overview(path) for path in paths]), console)
        print_document(build_report(gather(paths)), console)
        for path in paths:
            run = load_run(path)
            print_section(run_page(run), console)
            assert not [note for note in (*run.notes, *overview(path).notes) if "damaged" in note]
            for repeat in run.repeats:
                assert len({len(column) for column in repeat.history.values()}) <= 1
            json.loads((path / "summary.json").read_text())
        rounds += 1
