import numpy as np
import pytest

from cnnlab.runs.comparison_folder import ComparisonFolder, ComparisonRecord, FirstStepFigures

FIGURES = {"loss": float("nan"), "images": 2, "seconds": {"framework": 5.0}, "weights_sha256": "a"}


@pytest.fixture
def folder(tmp_path):
    made = ComparisonFolder(tmp_path / "comparison")
    made.begin(ComparisonRecord(identity="1", name="a"))
    made.write_first_step("jax", FIGURES, {"probabilities": np.ones((2, 3))})
    return made


def test_a_first_step_is_read_as_it_was_written(folder):
    assert folder.read_about() == ComparisonRecord(identity="1", name="a")
    step = folder.read_first_step("jax")
    assert np.isnan(step.figures.loss)
    assert (step.figures.images, step.figures.seconds, step.figures.device) == (2, {"framework": 5.0}, None)
    assert step.arrays["probabilities"].shape == (2, 3)
    assert folder.read_first_step("torch") is None


@pytest.mark.parametrize("damage", ["", "{", "[]", "[" * 100_000])
def test_a_damaged_first_step_is_none(folder, damage):
    folder.first_step_path("jax").write_text(damage)
    folder.about_path.write_text(damage)
    assert folder.read_first_step("jax") is None
    assert folder.read_about() == ComparisonRecord()


def test_wrong_values_have_their_default(folder):
    folder.first_step_path("jax").write_text(
        '{"loss": "x", "images": -1, "seconds": 3, "weights_sha256": []}'
    )
    figures = folder.read_first_step("jax").figures
    assert (figures.loss, figures.images, figures.weights_sha256) == (None, None, None)
    assert figures.seconds == FirstStepFigures().seconds == {}
    folder.first_step_path("jax", "npz").write_bytes(b"PK")
    assert folder.read_first_step("jax") is None
