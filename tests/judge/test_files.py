"""Files are found in folders, and get names to import them by."""

import os
from pathlib import Path
from typing import Any

import pytest

from cnnlab.judge.files import find_files, module_name


def test_files_are_found_in_folders_and_named_importably(tmp_path: Path) -> None:
    for place in ("a/cnn.py", "b/deep/cnn.py", "b/other.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("")
    assert [
        p.relative_to(tmp_path).as_posix() for p in find_files([tmp_path, tmp_path / "a" / "cnn.py"])
    ] == [
        "a/cnn.py",
        "b/deep/cnn.py",
    ]
    names = [
        module_name(Path(name)) for name in ("cnn.py", "my cnn-2.py", "numpy.py", "class.py", "random.py")
    ]
    assert names == ["cnn", "submission", "submission", "submission", "submission"]


def test_a_folder_that_goes_while_files_are_looked_for_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("a/cnn.py", "gone/cnn.py"):
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text("")
    scandir = os.scandir

    def after_a_removal(folder: Any) -> Any:
        if Path(folder).name == "gone":
            raise FileNotFoundError(folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", after_a_removal)
    assert find_files([tmp_path]) == [tmp_path / "a" / "cnn.py"]
