from pathlib import Path
from typing import Any

import pytest

from cnnlab.items import Item
from cnnlab.loggers import RunInfo, logger

ROWS = [
    {"epoch": 1, "seconds": 0.5, "learning_rate": 0.01, "loss": 2.5, "accuracy": 0.25, "val_loss": None},
    {"epoch": 2, "seconds": 0.5, "learning_rate": 0.005, "loss": 1.25, "accuracy": 0.5, "val_loss": 1.5},
]
RESULT = {
    "seed": 7,
    "epochs": 2,
    "metrics": {
        "train": {"loss": 1.0, "accuracy": 0.75},
        "validation": {"loss": float("nan"), "accuracy": 0.5},
        "test": None,
    },
}


@pytest.fixture
def run_info(tmp_path: Path) -> RunInfo:
    """A run in a folder of the test's own."""
    folder = tmp_path / "20261121-235959_tiny_01234567"
    folder.mkdir()
    return RunInfo(
        folder, "tiny", {"name": "tiny", "model": [{"conv": {"filters": 8}}, "flatten"], "seed": 0}
    )


@pytest.fixture
def item() -> Any:
    """A logger as a config has it: ``item("mlflow", experiment="mine")``."""
    return lambda name, **given: Item(name, logger.get(name).parameters.model_validate(given))
