"""Evaluations made by hand."""

from pathlib import Path
from typing import Any

from cnnlab.metrics import Threshold
from cnnlab.predict.evaluation import Measured, RunEvaluation
from cnnlab.predict.recorded import DataUsed

THRESHOLD = Threshold(0.25, "youden", "validation")


def made(repeats: int = 2, **changes: Any) -> RunEvaluation:
    """An evaluation of so many repeats, and of their ensemble, on ten test images."""
    each = [Measured((k,), {"accuracy": 0.5 + k / 4, "auc": float("nan")}, THRESHOLD) for k in range(repeats)]
    ensemble = Measured(tuple(range(repeats)), {"accuracy": 0.9}, None)
    used = DataUsed("npz", "own", "1" * 64, "1" * 64, changes.pop("outside", None))
    given = {"split": "test", "noun": "test image", "images": 10, "tta": "none", "views": 1, **changes}
    return RunEvaluation(
        run=Path("runs/lab"),
        name="lab",
        data=used,
        repeats=tuple(each),
        ensemble=ensemble,
        positive_class="tumour",
        notes=("A note.",),
        **given,
    )
