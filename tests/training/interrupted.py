"""Training a repeat with interruptions, in this process, and what must not differ for them."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.config.load import check, document_of
from cnnlab.runs.folder import RepeatFolder


def fingerprint(repeat: Path) -> dict[str, Any]:
    """What must not differ: weights, predictions, inputs, metrics.csv but for the seconds, and the result."""
    with zipfile.ZipFile(repeat / "model.keras") as archive:
        weights = hashlib.sha256(archive.read("model.weights.h5")).hexdigest()
    stored = np.load(repeat / "predictions.npz")
    rows = [line.split(",") for line in (repeat / "metrics.csv").read_text().splitlines()]
    result = json.loads((repeat / "result.json").read_text())
    return {
        "weights": weights,
        "predictions": {name: hashlib.sha256(stored[name].tobytes()).hexdigest() for name in stored.files},
        "inputs": (repeat / "inputs.csv").read_text(),
        "rows": [row[:1] + row[2:] for row in rows],
        "result": {k: v for k, v in result.items() if k not in {"seconds", "peak_memory_bytes"}},
    }


def train(config: Any, folder: Path, data: Any, stops: tuple[int, ...] = ()) -> list[str]:
    """Train repeat 0, stopping at the `stops`-th look at whether to stop, and resuming; returns what was noted."""
    from cnnlab.training.fitting import Hooks
    from cnnlab.training.framework import import_keras
    from cnnlab.training.repeat import train_one
    from cnnlab.training.rules import Stopped

    keras = import_keras()
    notes: list[str] = []
    repeat = RepeatFolder(folder / "0", 0).make()

    def stopping_after(looks: int) -> Any:
        left = iter(range(looks))

        def look() -> None:
            if next(left, None) is None:
                raise Stopped

        return look

    keras.config.set_dtype_policy(config.training.precision)
    try:
        for looks in stops:
            with pytest.raises(Stopped):
                train_one(
                    config, 0, repeat, data, hooks=Hooks(check=stopping_after(looks), note=notes.append)
                )
            assert not repeat.result_path.exists()
            assert repeat.checkpoint_path.exists()
        train_one(config, 0, repeat, data, hooks=Hooks(note=notes.append))
    finally:
        keras.config.set_dtype_policy("float32")
    assert not repeat.checkpoint_path.exists()
    assert not list(folder.rglob(".*"))
    return notes


def checked(plain: dict[str, Any], folder: Path) -> Any:
    """A config from plain data."""
    return check(document_of(plain, folder / "config.yaml"))
