"""Every shipped config loads, builds, and takes its first steps, in one warm process."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import Options, load_config
from cnnlab.datasets.pcam.nuclei import draw_patches
from cnnlab.runs.folder import RepeatFolder
from tests.conftest import REPOSITORY

CONFIGS = sorted((REPOSITORY / "configs").rglob("*.yaml"))
SHORT = ("training.epochs=1", "data.train_size=20", "data.limit_per_split=20", "training.batch_size=10")


@pytest.fixture
def drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Synthetic patches of several configs are the same ones: a block of them takes 2 s to draw."""
    monkeypatch.setattr("cnnlab.datasets.pcam.synthetic.draw_patches", draw_patches_once)


_drawn: dict[Any, np.ndarray] = {}


def draw_patches_once(rng: np.random.Generator, labels: np.ndarray, side: int, count: int) -> np.ndarray:
    """The patches of `draw_patches`, kept for the next who asks for the same."""
    key = str(rng.bit_generator.state), labels.tobytes(), side, count
    if key not in _drawn:
        _drawn[key] = draw_patches(rng, labels, side, count)
    return _drawn[key]


@pytest.mark.keras
@pytest.mark.xdist_group("configs")
@pytest.mark.usefixtures("drawn_once")
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_trains(path: Path, tmp_path: Path) -> None:
    """One epoch of two steps on bundled data: finite figures, probabilities that sum to one."""
    from cnnlab.executors.threads import resolve_threads
    from cnnlab.training.framework import import_keras
    from cnnlab.training.prepare import load_data
    from cnnlab.training.repeat import train_one

    import_keras()
    config = load_config(path, Options(bundled=True, smoke=True, overrides=SHORT))
    threads = resolve_threads("auto", config.repeats)
    training = config.training.model_copy(update={"threads": threads})
    config = config.model_copy(update={"training": training})
    folder = RepeatFolder(tmp_path / "0", 0).make()
    result = train_one(config, 0, folder, load_data(config, None))
    assert result.steps == 2
    assert all(np.isfinite(value) for figures in result.metrics.values() for value in figures.values())
    probabilities = np.load(folder.predictions_path)["probabilities"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
