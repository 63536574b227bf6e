"""The commands that train nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY


def test_the_version(cnnlab: Any) -> None:
    """Name and number."""
    done = cnnlab("--version")
    assert done.code == 0
    assert done.out.startswith("cnnlab 0.")


def test_a_usage_error_exits_with_2(cnnlab: Any) -> None:
    """An unknown option, and a missing one."""
    assert cnnlab("train", "--nonsense").code == 2
    assert cnnlab("train").code == 2


def test_blocks_lists_all_and_tells_of_one(cnnlab: Any) -> None:
    """Parameters with defaults; a misspelt name gets the nearest."""
    listing = cnnlab("blocks", "--json")
    assert {"conv_block", "residual_block", "classifier"} <= set(listing.json["block"])
    one = cnnlab("blocks", "conv_block")
    assert "kernel_initializer" in one.out
    assert all(len(line) <= 80 for line in one.out.splitlines())
    wrong = cnnlab("blocks", "conv_blok")
    assert wrong.code == 2
    assert "did you mean 'conv_block'" in wrong.err


def test_datasets_tell_what_is_found(cnnlab: Any) -> None:
    """The bundled digits are always there."""
    done = cnnlab("datasets", "--json")
    found = {row["name"]: row["found"] for row in done.json["datasets"]}
    assert found["mnist10k"]


def test_config_check_names_every_bad_file(tmp_path: Path, cnnlab: Any) -> None:
    """A good one is ok, a bad one has its place; exit 2."""
    (tmp_path / "bad.yaml").write_text(
        "name: x\ndata: {dataset: mnist}\nmodel: [{conv_block: {filter: 3}}]\n"
    )
    done = cnnlab("config", "check", REPOSITORY / "configs/quickstart.yaml", tmp_path / "bad.yaml", "--json")
    assert done.code == 2
    assert "quickstart.yaml: ok" in done.out
    assert "did you mean 'filters'" in done.err
    assert "line 3" in done.err
    assert done.json["ok"] is False


def test_config_check_looks_into_the_cells_of_a_sweep(tmp_path: Path, cnnlab: Any) -> None:
    """What the config itself does not show: a swept value that is wrong, with its line."""
    text = "name: x\ndata: {dataset: mnist10k}\nmodel: [classifier]\nsweep:\n  grid:\n    training.epochs: [1, %s]\n"
    (tmp_path / "good.yaml").write_text(text % 2)
    (tmp_path / "bad.yaml").write_text(text % -2)
    done = cnnlab("config", "check", tmp_path / "good.yaml", tmp_path / "bad.yaml")
    assert done.code == 2
    assert "good.yaml: ok, a sweep of 2 cells" in done.out and "bad.yaml: ok" not in done.out
    assert "line 6, column 26 (sweep.grid), training.epochs: expected a number of at least 1" in done.err


def test_config_copy_refuses_to_overwrite(tmp_path: Path, cnnlab: Any) -> None:
    """A copy, then a refusal, and an unknown name."""
    assert cnnlab("config", "copy", "mnist128/lab2025", cwd=tmp_path).code == 0
    assert (tmp_path / "lab2025.yaml").read_text() == (
        REPOSITORY / "configs/mnist128/lab2025.yaml"
    ).read_text()
    again = cnnlab("config", "copy", "mnist128/lab2025", cwd=tmp_path)
    assert again.code == 2
    assert "exists already" in again.err
    assert "did you mean 'quickstart'" in cnnlab("config", "copy", "quikstart", cwd=tmp_path).err


def test_every_shipped_config_says_what_it_asks(cnnlab: Any) -> None:
    """The header's question is the listing's text."""
    configs = cnnlab("config", "list", "--json").json["configs"]
    assert {"quickstart", "mnist128/lab2025", "mnist128/lab2024"} <= set(configs)
    assert all(configs.values()), configs
    for name in configs:
        header = (REPOSITORY / f"configs/{name}.yaml").read_text().split("\nname:")[0]
        assert "# Run:" in header, name
        assert "# Expect:" in header, name


def test_report_without_any_run(tmp_path: Path, cnnlab: Any) -> None:
    """A sentence, exit 2."""
    done = cnnlab("report", "--runs-dir", tmp_path)
    assert done.code == 2
    assert str(tmp_path) in done.err


@pytest.mark.keras
def test_model_shows_layers_and_weights(cnnlab: Any) -> None:
    """The count that the report states."""
    done = cnnlab("model", "-c", REPOSITORY / "configs/mnist128/lab2025.yaml", "--json")
    assert done.json["weights"] == 133_826
    assert "133,826 weights" in done.out


@pytest.mark.keras
def test_doctor_finds_nothing_missing_and_warns_of_what_it_overrides(tmp_path: Path, cnnlab: Any) -> None:
    """keras.json that would change floatx, and a cap on epochs."""
    (tmp_path / "keras.json").write_text(json.dumps({"floatx": "float16"}))
    done = cnnlab("doctor", "--json", KERAS_HOME=str(tmp_path), KERAS_MAX_EPOCHS="1")
    assert done.code == 0, done.err
    assert done.json["missing"] == []
    text = " ".join(done.json["warnings"])
    assert "floatx" in text
    assert "KERAS_MAX_EPOCHS" in text
