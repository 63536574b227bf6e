"""The built wheel works alone in an empty folder: bundled data and shipped configs are inside."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY


@pytest.mark.keras
@pytest.mark.xdist_group("train")
def test_the_wheel_runs_the_quickstart_in_an_empty_folder(tmp_path: Path, cnnlab: Any) -> None:
    """Build, unpack, copy a shipped config, train."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist")]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    empty = tmp_path / "empty"
    empty.mkdir()
    installed = {"PYTHONPATH": str(tmp_path / "site")}
    copied = cnnlab("config", "copy", "quickstart", cwd=empty, **installed)
    assert copied.code == 0, copied.err
    done = cnnlab("train", "-c", "quickstart.yaml", "--smoke", "--json", cwd=empty, **installed)
    assert done.code == 0, done.err
    assert Path(done.json["run"]).resolve().parent == empty / "runs"
