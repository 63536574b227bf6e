"""Helpers that the tests share: the real command line, and a tiny experiment on bundled digits."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
REPOSITORY = TESTS.parent

# Asserts of helpers show their values when they fail, as those of tests do. This stands before any is imported.
pytest.register_assert_rewrite(
    *(f"tests.{path.stem}" for path in TESTS.glob("[a-z]*") if path.stem != "conftest")
)

# Ctrl-C works in the tests, and in what they start, also where a shell in the background has SIGINT ignored.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


TINY = """\
name: tiny
seed: 3
repeats: 2
data: {dataset: mnist10k, train_size: 96, limit_per_split: 100}
augment:
  - random_rotation: {factor: 0.05}
model:
  - conv_block: {convs: 1, filters: 4}
  - flatten
  - dense_block: {units: 8, dropout: 0.2}
  - classifier
training: {epochs: 3, batch_size: 16, threads: 1, validation_every: 2}
"""


@dataclass(frozen=True)
class Finished:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The JSON object on the last line of stdout."""
        return json.loads(self.out.splitlines()[-1])


def environment(**changes: str) -> dict[str, str]:
    """The environment for a command: the checkout importable, no data or runs directory of the user's."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("CNNLAB_", "KERAS_", "TF_", "PYTEST_"))}
    return ours | {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "80", "NO_COLOR": "1"} | changes


def run_cnnlab(*arguments: object, cwd: Path | None = None, timeout: float = 240, **changes: str) -> Finished:
    """Run ``cnnlab`` as a person would, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "cnnlab", *map(str, arguments)],
        cwd=cwd,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def cnnlab() -> Any:
    """The command line as a function: ``cnnlab("report", "latest")``."""
    return run_cnnlab


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The file of an experiment that ends in seconds."""
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run of the tiny experiment, for tests that only read."""
    place = tmp_path_factory.mktemp("tiny")
    (place / "tiny.yaml").write_text(TINY)
    done = run_cnnlab("train", "-c", place / "tiny.yaml", "--runs-dir", place / "runs", "--json")
    assert done.code == 0, done.err
    return Path(done.json["run"])


@pytest.fixture
def own_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What extensions register in this process during the test is forgotten when it ends."""
    from cnnlab.augment import augmentation
    from cnnlab.blocks import block
    from cnnlab.datasets import dataset

    for registry in (augmentation, block, dataset):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
