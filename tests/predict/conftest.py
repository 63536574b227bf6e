"""A run with two repeats on PatchCamelyon as the lab hands it out, hidden test labels and all; very small."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import run_cnnlab
from tests.datasets.pcam_files import write_lab

LAB = """\
name: lab
repeats: 2
data: {dataset: pcam_lab}
model:
  - conv_block: {convs: 1, filters: 4, l2: 0.001}
  - flatten
  - classifier
training: {epochs: 1, batch_size: 20, threads: 1}
evaluation: {tta: flips}
"""


@dataclass(frozen=True)
class LabRun:
    """The run's folder, and the folder of its data."""

    path: Path
    data: Path


@pytest.fixture(scope="session")
def lab_run(tmp_path_factory: pytest.TempPathFactory) -> LabRun:
    """Trained once, for tests that only read."""
    place = tmp_path_factory.mktemp("lab")
    data = write_lab(place / "data")
    (place / "lab.yaml").write_text(LAB)
    options = ("--runs-dir", place / "runs", "--data-dir", data, "--json", "-q")
    done = run_cnnlab("train", "-c", place / "lab.yaml", *options)
    assert done.code == 0, done.err
    return LabRun(Path(done.json["run"]), data)
