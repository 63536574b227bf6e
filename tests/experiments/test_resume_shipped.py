"""Every shipped config, in its short form, stopped within an epoch: resumes to the same bits. And many kills."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnnlab.config.load import Options, load_config
from tests.conftest import REPOSITORY, environment
from tests.training.interrupted import fingerprint, train

pytestmark = [pytest.mark.keras, pytest.mark.slow]

CONFIGS = sorted((REPOSITORY / "configs").rglob("*.yaml"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_shipped_config_goes_on_to_the_same_bits(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in its first epoch and in its second, on the data that come along."""
    from cnnlab.training.prepare import load_data

    monkeypatch.setattr("cnnlab.training.progress.SECONDS_PER_CALL", 0.0)
    overrides = ("training.threads=1", "training.batch_size=16")
    config = load_config(path, Options(bundled=True, smoke=True, overrides=overrides))
    data = load_data(config, None)
    train(config, tmp_path / "whole", data)
    train(config, tmp_path / "stopped", data, (1, 3))
    assert fingerprint(tmp_path / "stopped/0") == fingerprint(tmp_path / "whole/0")


def test_random_kills_change_nothing() -> None:
    """The benchmark itself, with few kills."""
    done = subprocess.run(
        [sys.executable, "benchmarks/kill.py", "--kills", "6", "--per-run", "3", "--only", "dropout"],
        cwd=REPOSITORY,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 kills in 2 runs: 2 of 2 runs equal to the bit" in done.stdout
