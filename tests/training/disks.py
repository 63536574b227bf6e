"""Disks that refuse: small, read-only, without permission. Some need root, or the program setpriv."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[Path]:
    """A file system in memory at `folder`, such as ``size=1m``; skips the test where it may not be mounted."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options) or "size=10m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a file system takes root")
    try:
        yield folder
    finally:
        while folder.is_mount():
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_read_only(folder: Path) -> None:
    """Let nobody open a file of a mounted file system for writing any more."""
    subprocess.run(["mount", "--bind", str(folder), str(folder)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Write until the disk is full; returns the file that takes all the room."""
    path = folder / "everything"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return path


def heeding_permissions() -> list[str]:
    """The beginning of a command that heeds permission bits, as root does not; skips where there is no way."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root heeds no permissions, and there is no setpriv to change that")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
