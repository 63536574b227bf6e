"""What an unfinished run's files vouch for when it is resumed, and what they cost where they are damaged. No Keras."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.identity import cell_hash
from cnnlab.config.source import read_document
from cnnlab.errors import DataError, RunError
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.plan import Experiment, Plan
from cnnlab.experiments.planning import planned
from cnnlab.experiments.recording import LOST, FolderWriter
from cnnlab.experiments.resume import resumed
from cnnlab.files import write_json
from cnnlab.predict.recorded import recorded_data
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.read import load_run
from cnnlab.runs.result import Result
from cnnlab.training.checkpoint import CheckpointFolder

CONFIG = """\
name: mine
repeats: 3
data: {dataset: npz, path: data/mine.npz}
model: [flatten, classifier]
training: {epochs: 2, threads: 1}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data and a run of three repeats: one finished, one with a checkpoint, one not begun."""
    place = tmp_path_factory.mktemp("recorded")
    (place / "data").mkdir()
    write_data(place / "data/mine.npz")
    (place / "mine.yaml").write_text(CONFIG)
    document = read_document(place / "mine.yaml")
    launch = Launch(runs_dir=place / "runs", argv=("cnnlab",))
    with planned(Experiment.of(document), launch) as plan:
        folder = RunFolder(place / "runs/mine")
        folder.path.mkdir(parents=True)
        plan = plan.in_folder(folder.path)
        cell = plan.cells[0]
        FolderWriter(plan, {}, 1).begin(cell)
    owner = {"cell_hash": cell_hash(cell.config), "data_sha256": cell.data.sha256}
    figures = {"test": {"accuracy": 0.5, "auc": float("nan")}}
    write_json(
        folder.repeat(0).make().result_path, Result(**owner, repeat=0, seed=7, metrics=figures).sealed()
    )
    checkpoints = CheckpointFolder(
        folder.repeat(1).make().checkpoint_path, owner | {"repeat": 1, "member": 0}
    )
    checkpoints.save({"x": np.zeros(2)}, {"epoch": 1})
    folder.status.set_repeat(0, "done")
    folder.status.finish("interrupted")
    return place


def write_data(path: Path, changed: int = 0) -> None:
    images = np.arange(12 * 16, dtype=np.uint8).reshape(12, 4, 4)
    images[0, 0, 0] ^= changed
    np.savez(path, x_train=images, y_train=np.arange(12) % 2)


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy to spoil, in which the data lie elsewhere."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def plan_of(place: Path, data_dir: Path | None = None) -> Plan:
    """What is left to do in the run."""
    with resumed(place / "runs/mine", Launch(data_dir=data_dir, argv=("cnnlab", "again"))) as plan:
        return plan


def rewrite(path: Path, change: Callable[[Any], Any]) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps(change(content)))


def changed_to(**values: Any) -> Callable[[Any], Any]:
    return lambda content: content | values


def without(*keys: str) -> Callable[[Any], Any]:
    return lambda content: {key: value for key, value in content.items() if key not in keys}


def test_what_is_finished_stays_and_the_rest_is_trained(place: Path) -> None:
    cell = plan_of(place).cells[0]
    assert (cell.done, cell.waiting) == ((0,), (1, 2))


@pytest.mark.parametrize(
    "text", ["{", "", "null", "[]", "[" * 100_000, '{"data": null, "resumed": null}', "\0\xff", None]
)
def test_changed_data_are_refused_whatever_became_of_environment_json(place: Path, text: str | None) -> None:
    """The checkpoint and each result know the data, too; both alone suffice."""
    environment = place / "runs/mine/environment.json"
    environment.unlink()
    if text is not None:
        environment.write_text(text)
    assert plan_of(place).cells[0].done == (0,)
    write_data(place / "data/mine.npz", changed=1)
    moved = place / "data"
    with pytest.raises(DataError, match=r"not the one in repeats/0/result\.json.*--data-dir"):
        plan_of(place, moved)
    shutil.rmtree(place / "runs/mine/repeats/0")
    with pytest.raises(DataError, match="not the one in repeats/1/checkpoint"):
        plan_of(place, moved)
    shutil.rmtree(place / "runs/mine/repeats/1")  # nothing was trained with other data
    assert plan_of(place, moved).cells[0].waiting == (0, 1, 2)


def test_before_anything_is_trained_environment_json_knows_the_data(place: Path) -> None:
    shutil.rmtree(place / "runs/mine/repeats")
    write_data(place / "data/mine.npz", changed=1)
    with pytest.raises(DataError, match=r"not the one in environment\.json"):
        plan_of(place, place / "data")


@pytest.mark.parametrize(
    "text", ["{", None, '{"data": {"sha256": 3}, "run_hash": []}', '{"data": {"sha256": "ab"}}']
)
def test_what_is_lost_is_written_again_and_said(place: Path, text: str | None) -> None:
    run = RunFolder(place / "runs/mine")
    before = load_run(run.path).environment
    run.environment_path.unlink()
    if text is not None:
        run.environment_path.write_text(text)
    plan = plan_of(place)
    FolderWriter(plan, {}, 1).resume(plan.cells[0])
    after = load_run(run.path).environment
    assert (after.data.sha256, after.run_hash) == (before.data.sha256, before.run_hash)
    assert (LOST in after.data.notes) == (text is None or text == "{")


@pytest.mark.parametrize(
    "repeats", [[0, 1, 2, 10**30], [0, 1, 2, 3, 7], None, "012", [0, 1, 2, -1], [0, 1, 2, 1.5], []]
)
def test_no_more_repeats_are_trained_or_pooled_than_the_config_has(place: Path, repeats: Any) -> None:
    folder = RunFolder(place / "runs/mine")
    rewrite(folder.environment_path, changed_to(repeats=repeats))
    rewrite(
        folder.status.path, lambda status: status | {"repeats": status["repeats"] | {"7": {"status": "done"}}}
    )
    shutil.copytree(folder.repeat(0).path, folder.repeat(7).path)
    cell = plan_of(place).cells[0]
    assert (cell.done, cell.waiting) == ((0,), (1, 2))
    run = load_run(folder.path)
    assert [repeat.k for repeat in run.done] == [0]
    assert any("the config has 3 repeats: 7 left out" in note for note in run.notes)


RESULTS: dict[str, Callable[[Any], Any]] = {
    "a changed figure": lambda result: result | {"metrics": {"test": {"accuracy": 0.9, "auc": "NaN"}}},
    "no figures": without("metrics"),
    "a damaged figure": changed_to(metrics=None),
    "of another repeat": changed_to(repeat=1),
    "nothing": lambda result: {},
    "no object": lambda result: [],
}


@pytest.mark.parametrize("change", RESULTS.values(), ids=RESULTS)
def test_a_damaged_result_is_made_again(place: Path, change: Callable[[Any], Any]) -> None:
    rewrite(place / "runs/mine/repeats/0/result.json", change)
    assert plan_of(place).cells[0].waiting == (0, 1, 2)
    assert load_run(place / "runs/mine").notes


def test_results_of_another_config_are_refused_also_without_an_environment(place: Path) -> None:
    run = place / "runs/mine"
    (run / "environment.json").write_text("{")
    (run / "config.yaml").write_text((run / "config.yaml").read_text().replace("epochs: 2", "epochs: 3"))
    with pytest.raises(
        RunError, match=r"repeat 0 was trained by another config .*repeats/0 to train it again"
    ):
        plan_of(place)


@pytest.mark.parametrize("name", ["status.json", "summary.json", "summary.csv", "lock"])
@pytest.mark.parametrize("content", [b"", b"{", b"\0\xff", b"[]"])
def test_files_that_are_written_anew_do_not_matter(place: Path, name: str, content: bytes) -> None:
    (place / "runs/mine" / name).write_bytes(content)
    assert plan_of(place).cells[0].waiting == (1, 2)


def test_data_that_moved_are_found_and_checked(
    place: Path, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the folder, from another working directory; other data in the new place are refused."""
    new = Path(shutil.move(place / "data", place / "new"))
    (made / "data").rename(made / "gone")  # where the config's path leads
    try:
        with pytest.raises(DataError, match=r"there is no such file.*If it was moved.*--data-dir"):
            plan_of(place)
        plan = plan_of(place, new)
        FolderWriter(plan, {}, 1).resume(plan.cells[0])
        monkeypatch.chdir(place)
        assert plan_of(place).cells[0].data.source == str(new / "mine.npz")  # remembered
        measured = recorded_data(load_run(place / "runs/mine"), None, "train")  # by evaluate and predict, too
        assert measured.used.same and measured.dataset.source == str(new / "mine.npz")
        renamed = (new / "mine.npz").rename(new / "renamed.npz")
        with pytest.raises(DataError, match=r"none called mine\.npz in .*new .*, which holds renamed\.npz"):
            plan_of(place, new)
        assert plan_of(place, renamed).cells[0].waiting == (1, 2)
        write_data(renamed, changed=1)
        with pytest.raises(DataError, match=r"renamed\.npz are not those that the run was started with"):
            plan_of(place, renamed)
    finally:
        (made / "gone").rename(made / "data")
