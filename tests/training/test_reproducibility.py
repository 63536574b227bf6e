"""The same seed gives the same bits: twice, alone or in a batch, one or two side by side."""

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("reproducibility")]


def fingerprint(repeat: Path) -> dict[str, Any]:
    """What must not differ: weights, predictions, and every column of metrics.csv but the seconds."""
    with zipfile.ZipFile(repeat / "model.keras") as archive:
        weights = hashlib.sha256(archive.read("model.weights.h5")).hexdigest()
    stored = np.load(repeat / "predictions.npz")
    rows = [line.split(",") for line in (repeat / "metrics.csv").read_text().splitlines()]
    return {
        "weights": weights,
        "predictions": {name: hashlib.sha256(stored[name].tobytes()).hexdigest() for name in stored.files},
        "rows": [row[:1] + row[2:] for row in rows],
    }


def train(cnnlab: Any, config: Path, runs: Path, *options: str) -> Path:
    """Train, and return the run folder."""
    done = cnnlab("train", "-c", config, "--runs-dir", runs, "--json", *options)
    assert done.code == 0, done.err
    return Path(done.json["run"])


def test_twice_alone_and_side_by_side_give_the_same_bits(
    tiny_run: Path, tiny: Path, tmp_path: Path, cnnlab: Any
) -> None:
    """Against one reference run: --jobs 1, --jobs 2, and repeat 1 alone."""
    reference = [fingerprint(tiny_run / "repeats" / str(k)) for k in (0, 1)]
    assert reference[0] != reference[1]
    one_by_one = train(cnnlab, tiny, tmp_path, "--jobs", "1")
    assert [fingerprint(one_by_one / "repeats" / str(k)) for k in (0, 1)] == reference
    side_by_side = train(cnnlab, tiny, tmp_path, "--jobs", "2")
    assert [fingerprint(side_by_side / "repeats" / str(k)) for k in (0, 1)] == reference
    alone = train(cnnlab, tiny, tmp_path, "--only-repeat", "1")
    assert [p.name for p in (alone / "repeats").iterdir()] == ["1"]
    assert fingerprint(alone / "repeats/1") == reference[1]


def test_another_seed_gives_other_images_and_weights(
    tiny_run: Path, tiny: Path, tmp_path: Path, cnnlab: Any
) -> None:
    """Seed 0 is a seed like any other."""
    other = train(cnnlab, tiny, tmp_path, "--seed", "0", "--only-repeat", "0")
    ours, theirs = (np.load(run / "repeats/0/predictions.npz") for run in (other, tiny_run))
    assert set(ours["index"][ours["split"] == 0]) != set(theirs["index"][theirs["split"] == 0])
    assert fingerprint(other / "repeats/0")["weights"] != fingerprint(tiny_run / "repeats/0")["weights"]
