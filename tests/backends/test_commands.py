"""The command line on every backend that is installed: comparing, the same bits again, verifying."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnnlab.runs.find import list_runs
from cnnlab.runs.read import load_run
from tests.backends.installed import EACH, INSTALLED, OTHERS
from tests.conftest import TINY, Finished, run_cnnlab
from tests.training.interrupted import fingerprint

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("compare")]
few = pytest.mark.skipif(len(INSTALLED) < 2, reason="only TensorFlow is installed")

OF_AN_EPOCH = ("f1_macro", "balanced_accuracy", "cohen_kappa", "matthews")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("compare")
    metrics = f"training: {{metrics: [{', '.join(OF_AN_EPOCH)}], "
    (place / "tiny.yaml").write_text(TINY.replace("training: {", metrics))
    return place


def compare(place: Path) -> Finished:
    names = ",".join(INSTALLED)
    words = ("-c", place / "tiny.yaml", "--backends", names, "--output", place / "folder", "--json")
    return run_cnnlab("compare", *words, timeout=900)


@pytest.fixture(scope="module")
def compared(place: Path) -> Finished:
    return compare(place)


@pytest.fixture(scope="module")
def folders(compared: Finished, place: Path) -> dict[str, Path]:
    """The run folder of each backend."""
    assert compared.code == 0, compared.err
    runs = [load_run(path) for path in list_runs(place / "folder" / "runs")]
    return {str(run.config["training"]["backend"]): run.path for run in runs}


@few
def test_all_that_the_networks_start_from_and_are_given_is_the_same(
    compared: Finished, folders: dict[str, Path]
) -> None:
    assert list(compared.json["backends"]) == INSTALLED
    assert set(folders) == set(INSTALLED)
    for name in INSTALLED[1:]:
        side = compared.json["sides"][name]
        assert side["agreement"]["same_weights"]
        assert side["agreement"]["same_batch"]
        assert side["inputs"] == {"epochs": 6, "same": 6}
        assert 0 < side["agreement"]["probability"] < 1e-5
        assert 0 < side["agreement"]["gradient"] < 1e-5
        assert side["agreement"]["largest_gradient"] > 0.01


@few
@pytest.mark.parametrize("name", EACH)
def test_the_figures_of_the_last_epoch_are_the_final_ones(name: str, folders: dict[str, Path]) -> None:
    for repeat in load_run(folders[name]).repeats:
        for metric in OF_AN_EPOCH:
            assert repeat.history[f"val_{metric}"][-1] == repeat.metrics("validation")[metric]


@few
def test_the_table_fits_and_ends_with_the_answer(
    compared: Finished, place: Path, folders: dict[str, Path]
) -> None:
    *shown, last = compared.out.splitlines()
    assert max(len(line) for line in shown if str(place) not in line) <= 80
    assert json.loads(last)["conclusion"] in " ".join(" ".join(shown).split())
    assert {"comparison.md", "comparison.json", "curves.png"} <= {
        p.name for p in (place / "folder").iterdir()
    }


@few
def test_given_again_nothing_is_trained_again(folders: dict[str, Path], place: Path) -> None:
    before = {
        path: path.stat().st_mtime_ns for path in (place / "folder" / "runs").rglob("*") if path.is_file()
    }
    again = compare(place)
    assert again.code == 0, again.err
    assert again.err.count("Finished already") == 1
    after = {
        path: path.stat().st_mtime_ns for path in (place / "folder" / "runs").rglob("*") if path.is_file()
    }
    assert after == before


@few
def test_report_compares_its_runs_too(folders: dict[str, Path], place: Path) -> None:
    done = run_cnnlab("report", place / "folder" / "runs" / "*", "--compare", "--json")
    assert done.code == 0, done.err
    assert set(done.json["comparison"]["labels"]) == set(INSTALLED)
    assert list(done.json["comparison"]["changes"]) == ["training.backend"]


@few
@pytest.mark.parametrize("name", EACH)
def test_the_same_again_and_alone_gives_the_same_bits(
    name: str, folders: dict[str, Path], place: Path
) -> None:
    words = ("-c", place / "tiny.yaml", "--backend", name, "--only-repeat", "1")
    done = run_cnnlab("train", *words, "--runs-dir", place / "again", "--json")
    assert done.code == 0, done.err
    assert fingerprint(Path(done.json["run"]) / "repeats/1") == fingerprint(folders[name] / "repeats/1")


@pytest.mark.parametrize("name", OTHERS)
def test_verify_holds(name: str, place: Path) -> None:
    words: tuple[Any, ...] = ("--backend", name, "--smoke", "--skip-training", "--json")
    done = run_cnnlab("verify", *words, "--runs-dir", place / "verify")
    assert done.code == 0, done.out[-2000:] + done.err[-2000:]
    assert done.json["passed"]
