"""A run on images of patients, from the arrays to the report: whole groups are drawn, stored, and resampled."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import run_cnnlab

CONFIG = """\
name: patients
seed: 5
repeats: 2
data: {dataset: npz, path: images.npz, validation_fraction: 0.25, stratified: true}
model:
  - flatten
  - classifier
training: {epochs: 1, batch_size: 32, threads: 1, metrics: [accuracy, auc]}
"""


def write_images(path: Path) -> None:
    """Noise, brighter in class 1, of 16 patients to train on and 8 others; one of them is in both parts."""
    rng = np.random.default_rng(0)
    arrays = {}
    for part, patients in (("train", np.arange(16)), ("test", np.arange(15, 23))):
        groups = np.repeat(patients, rng.integers(4, 12, len(patients)))
        labels = rng.integers(0, 2, len(groups))
        shift = rng.normal(0, 20, 23)[groups] + 30 * labels
        images = rng.normal(110, 25, (len(groups), 8, 8, 1)) + shift[:, None, None, None]
        arrays |= {
            f"x_{part}": np.clip(images, 0, 255).astype(np.uint8),
            f"y_{part}": labels,
            f"group_{part}": groups,
        }
    np.savez(path, **arrays)


@pytest.mark.keras
def test_groups_go_from_the_arrays_to_the_report(tmp_path: Path) -> None:
    write_images(tmp_path / "images.npz")
    (tmp_path / "c.yaml").write_text(CONFIG)
    trained = run_cnnlab("train", "--config", tmp_path / "c.yaml", "--runs-dir", tmp_path / "runs")
    assert trained.code == 0, trained.err
    said = " ".join((trained.out + trained.err).split())
    assert "The train and test parts share 1 group (15), of which" in said
    assert "Groups stay whole: " in said and " of 16 groups with " in said
    (run,) = (tmp_path / "runs").glob("*_patients_*")
    for repeat in (0, 1):
        with np.load(run / f"repeats/{repeat}/predictions.npz") as stored:
            split, groups = stored["split"], stored["groups"]
        assert not set(groups[split == 0]) & set(groups[split == 1])
        assert set(groups[split == 2]) == {str(patient) for patient in range(15, 23)}
    reported = run_cnnlab("report", run, "--output", tmp_path / "out", "--format", "json")
    assert reported.code == 0, reported.err
    found = json.loads((tmp_path / "out/report.json").read_text())["runs"][0]["metrics"]["test"]
    for metric in ("accuracy", "auc", "sensitivity"):
        low, high = found[metric]["groups_ci95"]
        assert found[metric]["groups"] == 8 and low <= found[metric]["mean"] <= high
