"""A sweep's folder: its index, its place among the runs, and what the commands make of it."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cnnlab.errors import RunError
from cnnlab.runs.find import find_run, find_sweep, list_runs, with_cells
from cnnlab.runs.overview import overview
from cnnlab.runs.sweeps import cell_paths, cell_state, is_sweep, read_sweep
from tests.fake_runs import make_run
from tests.fake_sweeps import RATE, make_sweep

pytestmark = pytest.mark.heavy

GRID = {RATE: [0.001, 0.01], "training.batch_size": [8, 16]}


def accuracy(values: dict[str, Any]) -> float:
    return 0.8 + 4 * values[RATE]


@pytest.fixture
def sweep(tmp_path: Path) -> Path:
    return make_sweep(tmp_path / "runs", GRID, accuracy, begun=3)


def test_the_index_tells_cells_and_where_they_lie(sweep):
    index = read_sweep(sweep)
    assert (index.name, index.keys, index.repeats) == ("rates", tuple(GRID), (0, 1, 2))
    assert [cell.label for cell in index.cells][1] == "learning_rate=0.001, batch_size=16"
    assert [path.name for path in cell_paths(sweep)] == [cell.folder for cell in index.cells[:3]]
    states = [cell_state(sweep, cell, index.repeats) for cell in index.cells]
    assert [(state.status, state.done) for state in states] == [("done", 3)] * 3 + [("waiting", 0)]
    more = [cell_state(sweep, cell, range(5)) for cell in index.cells]
    assert [(state.status, state.done) for state in more] == [("partial", 3)] * 3 + [("waiting", 0)]


@pytest.mark.parametrize("name", ["../../etc", "/etc", "..", ""])
def test_an_index_that_points_out_of_its_folder_is_damaged(sweep, name):
    content = json.loads((sweep / "sweep.json").read_text())
    content["cells"][0]["folder"] = name
    (sweep / "sweep.json").write_text(json.dumps(content))
    with pytest.raises(RunError, match="is damaged: it is not the index of a sweep"):
        read_sweep(sweep)
    assert "sweep.json is damaged" in overview(sweep).notes


def test_a_sweep_is_one_run_among_others_and_no_single_one(sweep):
    runs_dir = sweep.parent
    other = make_run(runs_dir, name="alone").path
    assert list_runs(runs_dir) == [sweep, other]
    one = overview(sweep)
    assert (one.kind, one.name, one.cells, one.done, one.planned) == ("sweep", "rates", 4, 9, 12)
    assert find_sweep("latest", runs_dir) == find_run("rates", runs_dir, sweeps=True) == sweep
    with pytest.raises(
        RunError, match="rates_5eeb0000 is a sweep: name the run folder of one of its cells, such as"
    ):
        find_run("latest", runs_dir)
    with pytest.raises(RunError, match="is not a sweep, but a single run"):
        find_sweep("alone", runs_dir)
    shutil.rmtree(sweep)
    with pytest.raises(RunError, match="There is no sweep in"):
        find_sweep("latest", runs_dir)
    assert not is_sweep(other) and with_cells([other]) == [other]


def test_lists_pages_and_exports(sweep, cnnlab):
    runs_dir = sweep.parent
    listed = cnnlab("runs", "list", "--runs-dir", runs_dir)
    assert "sweep, 4 cells" in listed.out and "9/12" in listed.out
    cells = cnnlab("runs", "list", "--sweep", "rates", "--runs-dir", runs_dir, "--json")
    assert cells.code == 0, cells.err
    assert [cell["status"] for cell in cells.json["cells"]] == ["done"] * 3 + ["waiting"]
    table = cells.out[: cells.out.rindex('{"sweep"')]
    assert "learning_rate=0.01, batch_size=16" in table and "waiting" in table and "0/3" in table
    assert all(len(line) <= 80 for line in table.splitlines()[:5])
    refused = cnnlab("runs", "list", "--sweep", "rates", "--status", "done", "--runs-dir", runs_dir)
    assert refused.code == 2 and "do not go with it" in refused.err
    page = cnnlab("runs", "show", "rates", "--runs-dir", runs_dir)
    assert page.code == 0 and "learning_rate=0.001, batch_size=8" in page.out and "cnnlab train" in page.out
    rows = cnnlab("runs", "export", "rates", "--runs-dir", runs_dir).out.splitlines()
    assert len(rows) == 1 + 9
    diff = cnnlab("runs", "diff", "rates", "rates", "--runs-dir", runs_dir)
    assert diff.code == 2 and "is a sweep: name the run folder" in diff.err


def test_a_sweep_is_removed_whole_and_a_cell_alone(sweep, cnnlab):
    runs_dir = sweep.parent
    cell = cell_paths(sweep)[0]
    assert cnnlab("runs", "rm", cell, "--yes", "--runs-dir", runs_dir).code == 2
    assert cnnlab("runs", "rm", cell, "--yes", "--runs-dir", sweep).code == 0
    assert len(cell_paths(sweep)) == 2
    assert cnnlab("runs", "rm", "rates", "--yes", "--runs-dir", runs_dir).code == 0
    assert not sweep.exists()


def test_python_reads_the_cells(sweep):
    import cnnlab as package

    runs = package.load_runs("rates", runs_dir=sweep.parent)
    assert [len(run.done) for run in runs] == [3, 3, 3]
