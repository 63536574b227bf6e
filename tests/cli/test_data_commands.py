"""``cnnlab data``: exit codes and what is printed."""

from pathlib import Path
from typing import Any

import pytest

from tests.datasets.pcam_files import write_lab

pytestmark = pytest.mark.heavy


def test_check_says_which_file_is_damaged_and_exits_with_5(tmp_path: Path, cnnlab: Any) -> None:
    """Sound files on stdout, the others on stderr, all in the JSON."""
    write_lab(tmp_path / "pcam_lab")
    done = cnnlab("data", "check", "pcam_lab", "--data-dir", tmp_path, "--json")
    assert done.code == 0 and done.json["ok"] is True, done.err
    assert "train.h5: ok, train: 40 images 32x32x3" in done.out
    (tmp_path / "pcam_lab/valid.h5").write_text("<html>")
    (tmp_path / "pcam_lab/test_x.h5").unlink()
    done = cnnlab("data", "check", "pcam_lab", "--data-dir", tmp_path, "--json")
    assert done.code == 5
    assert (
        "valid.h5 cannot be read: it is a web page" in done.err and "test_x.h5, which is missing" in done.err
    )
    assert [file["status"] for file in done.json["files"]] == ["ok", "damaged", "missing"]


def test_fetch_names_what_can_be_fetched(tmp_path: Path, cnnlab: Any) -> None:
    """And exits with 2; what is there already is not asked for."""
    done = cnnlab("data", "fetch", "folder")
    assert done.code == 2 and "those that can are mnist, pcam" in done.err
    assert cnnlab("data", "fetch", "pcam", "--splits", ",").code == 2
    (tmp_path / "mnist.npz").write_bytes(b"x")
    done = cnnlab("data", "fetch", "mnist", "--data-dir", tmp_path, "--json")
    assert done.code == 0 and done.json["files"][0]["fetched"] is False
    assert "CC BY-SA 3.0" in done.err
