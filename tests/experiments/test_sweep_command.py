"""``cnnlab train`` with a sweep, through the real command line: whole, extended, failing, interrupted, resumed."""

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from cnnlab.runs.sweeps import cell_state, read_sweep
from tests.commands import wait_for
from tests.conftest import TINY
from tests.warm import start_cnnlab

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("train")]
KEY = "training.optimizer.learning_rate"


def results(sweep: Path) -> dict[tuple[str, int], dict[str, Any]]:
    """Every result of a sweep, by label and repeat."""
    return {
        (cell.label, k): json.loads(path.read_text())
        for cell in read_sweep(sweep).cells
        for k in range(5)
        if (path := sweep / cell.folder / "repeats" / str(k) / "result.json").is_file()
    }


def without_times(result: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key not in ("seconds", "peak_memory_bytes")}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sweep")
    (folder / "tiny.yaml").write_text(TINY)
    return folder


@pytest.fixture(scope="module")
def extended(place: Path, cnnlab: Any) -> Path:
    """A sweep in which one cell fails, and then the same with a cell and a repeat more."""
    common = ("train", "-c", place / "tiny.yaml", "--runs-dir", place / "runs", "--jobs", 2, "--json")
    first = cnnlab(*common, "--sweep", f"{KEY}=0.01,1e30", "--repeats", 1)
    assert first.code == 4, first.err
    assert "1 of 2 trainings are finished" in first.err and "learning_rate=1e+30, repeat 0: " in first.err
    sweep = Path(first.json["sweep"])
    kept = {p: p.stat().st_mtime_ns for p in sweep.glob("*/repeats/0/*") if "1e-30" not in str(p)}
    assert any(path.name == "result.json" for path in kept)

    again = cnnlab(*common, "--sweep", f"{KEY}=0.01,0.02,1e30", "--repeats", 2)
    assert again.code == 4 and "Resuming" in again.err and "1 of 6 trainings are finished" in again.err
    assert Path(again.json["sweep"]) == sweep and again.json["repeats"] == 2
    assert {path: path.stat().st_mtime_ns for path in kept if path.exists()} == kept
    assert [(cell["status"], cell["done"]) for cell in again.json["cells"]] == [
        ("done", 2),
        ("done", 2),
        ("failed", 0),
    ]
    return sweep


def test_a_failed_cell_takes_no_other_along_and_what_is_there_is_reused(extended: Path) -> None:
    """Seeds are shared, so that cells are compared in pairs; each cell is a run folder like any other."""
    found = results(extended)
    assert sorted(found) == [(f"learning_rate={rate}", k) for rate in (0.01, 0.02) for k in (0, 1)]
    for k in (0, 1):
        same, other = found["learning_rate=0.01", k], found["learning_rate=0.02", k]
        assert same["seed"] == other["seed"] and same["sizes"] == other["sizes"]
        assert same["metrics"]["train"] != other["metrics"]["train"]
    (cell,) = extended.glob("*_learning_rate-0.01_*")
    assert {"config.yaml", "environment.json", "status.json", "summary.json"} <= {
        p.name for p in cell.iterdir()
    }
    assert not list(extended.rglob("lock")) and not list(extended.rglob("checkpoint"))
    assert json.loads((extended / "status.json").read_text())["status"] == "partial"


def test_a_cell_gives_the_numbers_of_the_single_run(extended: Path, place: Path, cnnlab: Any) -> None:
    """To the bit: a sweep is many runs, and no more."""
    single = ("--set", f"{KEY}=0.02", "--only-repeat", 1, "--runs-dir", place / "single", "--json")
    done = cnnlab("train", "-c", place / "tiny.yaml", *single)
    assert done.code == 0, done.err
    result = json.loads((Path(done.json["run"]) / "repeats" / "1" / "result.json").read_text())
    assert without_times(result) == without_times(results(extended)["learning_rate=0.02", 1])


def test_an_interrupted_sweep_goes_on_to_the_same_numbers(extended: Path, place: Path, cnnlab: Any) -> None:
    """SIGTERM in the middle: exit 130 and a whole state; then by its name, and then nothing is left."""
    config = place / "stopped.yaml"
    config.write_text(TINY + f"sweep: {{grid: {{{KEY}: [0.02, 0.01]}}}}\n")
    runs = place / "stopped"
    process = start_cnnlab("train", "-c", config, "--runs-dir", runs, "--jobs", "1")
    wait_for(lambda: "\n1/4" in f"\n{process.errors()}")
    time.sleep(0.2)
    process.send(signal.SIGTERM)
    done = process.wait()
    assert done.code == 130, done.err
    assert "of 4 trainings are finished" in done.err and "--resume" in done.err
    (sweep,) = runs.iterdir()
    index = read_sweep(sweep)
    states = [cell_state(sweep, cell, index.repeats).status for cell in index.cells]
    assert "done" not in states[1:] and set(states) <= {"done", "interrupted", "waiting"}

    done = cnnlab("train", "--resume", "latest", "--runs-dir", runs)
    assert done.code == 0, done.err
    expected = {key: value for key, value in results(extended).items() if "1e+30" not in key[0]}
    assert {k: without_times(v) for k, v in results(sweep).items()} == {
        k: without_times(v) for k, v in expected.items()
    }
    again = cnnlab("train", "-c", config, "--runs-dir", runs)
    assert again.code == 0 and "Finished already" in again.err and len(list(runs.iterdir())) == 1


def test_a_dry_run_tells_the_cells_and_the_time_and_leaves_nothing(place: Path, cnnlab: Any) -> None:
    """The trainings are counted, an epoch is timed, and no folder is made."""
    options = ("--sweep", f"{KEY}=0.1,0.2", "--sweep", "training.batch_size=8,16,32", "--dry-run", "--json")
    done = cnnlab("train", "-c", place / "tiny.yaml", "--runs-dir", place / "none", *options)
    assert done.code == 0, done.err
    assert done.json["trainings"] == 12 and len(done.json["cells"]) == 6 and done.json["seconds"] > 0
    assert (
        "learning_rate=0.2, batch_size=32" in done.out and "6 cells of 2 repeats: 12 trainings." in done.out
    )
    assert not (place / "none").exists()


def test_a_race_stops_what_falls_behind_and_the_same_command_again_keeps_it(place: Path, cnnlab: Any) -> None:
    """One after the other, so that the decisions are those of the order of the cells."""
    pytest.importorskip("optuna")
    config = place / "race.yaml"
    config.write_text(
        TINY.replace("epochs: 3", "epochs: 27").replace("validation_every: 2", "validation_every: 1")
        + f"sweep: {{grid: {{{KEY}: [0.003, 1.0e-8]}}, early_stop: asha}}\n"
    )
    command = ("train", "-c", config, "--runs-dir", place / "race", "--jobs", 1, "--json")
    done = cnnlab(*command)
    assert done.code == 0, done.err
    assert "learning_rate=1e-08, repeat 0 stopped early: epoch 3, val_cross_entropy" in done.err
    kept, stopped = done.json["cells"]
    assert (kept["status"], kept["done"], kept["stopped"]) == ("done", 2, None)
    assert (stopped["status"], stopped["done"], stopped["stopped"]["epoch"]) == ("stopped", 0, 3)
    curve = (Path(stopped["run"]) / "repeats" / "0" / "metrics.csv").read_text().splitlines()
    assert 4 <= len(curve) < 28  # it heard of it in time, and saved where it was
    assert list(Path(stopped["run"]).rglob("checkpoint/*.json"))
    assert not (Path(stopped["run"]) / "repeats" / "1").exists()

    again = cnnlab(*command)
    assert again.code == 0 and "Finished already" in again.err and again.json["cells"] == done.json["cells"]
    listed = cnnlab("runs", "list", "--sweep", "latest", "--runs-dir", place / "race")
    assert f"epoch 3, val_cross_entropy {stopped['stopped']['value']:.4g}" in listed.out
    assert "1 of 2 cells done, 1 stopped early" in done.out
    told = cnnlab(*command, "--dry-run", "--sweep", f"{KEY}=0.003,1e-8,0.01")
    assert "Cells that are stopped early make it shorter" in told.out and told.json["waiting"] == 2
