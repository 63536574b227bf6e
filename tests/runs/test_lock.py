"""The lock of a run folder: one holder, told who it is; what a dead process left is taken over."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnlab.errors import RunError
from cnnlab.runs.lock import NAME, RunLock, sole_user
from cnnlab.runs.process import host_name, process_stamp
from tests.conftest import environment

HOLD = """
import sys, time
from pathlib import Path
from cnnlab.runs.lock import RunLock, sole_user
with {kind}(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path, kind: str = "RunLock") -> subprocess.Popen[str]:
    """Another process that holds `folder`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(kind=kind), str(folder)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_it_is_held_and_leaves_nothing(tmp_path: Path) -> None:
    """The file says who, and is gone afterwards."""
    with RunLock(tmp_path):
        content = json.loads((tmp_path / NAME).read_text())
        assert content["pid"] == os.getpid()
        assert content["host"] == host_name()
        with pytest.raises(RunError, match=f"in use by process {os.getpid()} on "), RunLock(tmp_path):
            pass
        assert (tmp_path / NAME).exists()
    assert list(tmp_path.iterdir()) == []
    with RunLock(tmp_path):
        pass


def test_the_second_is_told_who_holds_it_and_a_dead_holder_is_followed(tmp_path: Path) -> None:
    """Refused while the process lives; taken over once it was killed, although its file is still there."""
    other = holder(tmp_path)
    with (
        pytest.raises(RunError, match=f"in use by process {other.pid} on {host_name()} since 20"),
        RunLock(tmp_path),
    ):
        pass
    other.kill()
    other.communicate()
    assert (tmp_path / NAME).exists()
    with RunLock(tmp_path):
        assert json.loads((tmp_path / NAME).read_text())["pid"] == os.getpid()
    assert not (tmp_path / NAME).exists()


def test_where_the_kernel_has_no_lock_the_content_decides(tmp_path: Path) -> None:
    """A living process of this machine, a process of another machine: refused, the latter with the way out."""
    living = {"pid": os.getpid(), "process": process_stamp(os.getpid()), "host": host_name(), "since": "now"}
    (tmp_path / NAME).write_text(json.dumps(living))
    with pytest.raises(RunError, match="in use by process"), RunLock(tmp_path):
        pass
    (tmp_path / NAME).write_text(json.dumps(living | {"host": "elsewhere"}))
    with pytest.raises(RunError, match=r"on elsewhere .* remove the file"), RunLock(tmp_path):
        pass


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"pid": "x"}',
        "\x00\xff",
        "[" * 9000,
        json.dumps({"pid": 1 << 40, "host": host_name()}),
    ],
)
def test_a_lock_file_without_a_living_holder_is_taken_over(tmp_path: Path, text: str) -> None:
    """Half written, damaged, or of a process that cannot be."""
    (tmp_path / NAME).write_text(text)
    with RunLock(tmp_path):
        assert json.loads((tmp_path / NAME).read_text())["pid"] == os.getpid()


def test_a_later_process_with_the_same_number_is_no_holder(tmp_path: Path) -> None:
    """Its start differs."""
    later = {"pid": os.getpid(), "process": "1", "host": host_name()}
    (tmp_path / NAME).write_text(json.dumps(later))
    with RunLock(tmp_path):
        pass


def test_a_folder_is_waited_for_while_a_process_is_about_to_leave_it(tmp_path: Path) -> None:
    """In vain while it stays; at once when it has ended."""
    other = holder(tmp_path, "sole_user")
    with pytest.raises(RunError, match="still in use"), sole_user(tmp_path, seconds=0.3):
        pass
    other.kill()
    with sole_user(tmp_path, seconds=10):
        pass
    other.communicate()
    assert list(tmp_path.iterdir()) == []


def test_a_holder_that_has_ended_but_was_not_waited_for_is_no_holder(tmp_path: Path) -> None:
    """A zombie, as in containers whose first process takes no notice of them."""
    other = holder(tmp_path)
    other.kill()
    os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT)
    with RunLock(tmp_path):
        pass
    other.communicate()


@pytest.mark.parametrize("make", [Path.symlink_to, Path.hardlink_to], ids=["symbolic", "hard"])
def test_a_link_called_lock_is_not_followed(make: Any, tmp_path: Path) -> None:
    """Out of the folder, where it would empty a file of its user."""
    victim, folder = tmp_path / "victim", tmp_path / "run"
    victim.write_text("precious")
    before = victim.stat()
    folder.mkdir()
    make(folder / NAME, victim)
    with pytest.raises(
        RunError, match=r"Cannot lock .*lock is (not an ordinary file|a hard link): remove it"
    ):
        RunLock(folder).__enter__()
    assert victim.read_text() == "precious"
    assert victim.stat().st_mtime_ns == before.st_mtime_ns
    assert (folder / NAME).exists()


@pytest.mark.parametrize(
    "name", ["plots", "repeats/0", "repeats/0/checkpoint", "repeats/0/log.txt", "tensorboard", "x/y/z"]
)
@pytest.mark.parametrize("make", [Path.symlink_to, os.mkfifo], ids=["link", "pipe"])
def test_a_folder_with_links_or_pipes_within_is_held_to_be_removed_only(
    make: Any, name: str, tmp_path: Path
) -> None:
    """Else a stranger's folder would have results written to where its links lead."""
    folder = tmp_path / "run"
    (folder / name).parent.mkdir(parents=True)
    make(folder / name, *([tmp_path] if make is Path.symlink_to else []))
    with pytest.raises(RunError, match=f"{name} is a (link|pipe).*; remove it first"), RunLock(folder):
        pass
    assert not (folder / NAME).exists()
    with RunLock(folder, to_remove=True):
        pass


def test_who_holds_it_is_printable_and_bounded(tmp_path: Path) -> None:
    """A lock may be a stranger's, too."""
    content = {"pid": 10**30, "host": "\x1b]0;X\x07", "since": "a\nb"}
    (tmp_path / NAME).write_text(json.dumps(content))
    with RunLock(tmp_path):
        pass
    (tmp_path / NAME).write_text(json.dumps(content | {"pid": 1}))
    with pytest.raises(RunError) as refused, RunLock(tmp_path):
        pass
    assert str(refused.value).isprintable()
    assert "a b" in str(refused.value)


def test_a_link_that_leads_nowhere_makes_no_file(tmp_path: Path) -> None:
    (tmp_path / NAME).symlink_to(tmp_path / "new")
    with pytest.raises(RunError, match="remove it"), RunLock(tmp_path):
        pass
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
def test_a_pipe_or_a_folder_called_lock_is_refused(make: Any, tmp_path: Path) -> None:
    make(tmp_path / NAME)
    with pytest.raises(RunError, match="is not an ordinary file: remove it"), RunLock(tmp_path):
        pass


def test_without_locks_of_the_system_the_content_decides_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on some network file systems, and in a Python without fcntl."""

    def no_locks(descriptor: int, *, blocking: bool) -> bool:
        raise OSError(errno.ENOSYS, "no locks here")

    monkeypatch.setattr("cnnlab.runs.lock.lock_descriptor", no_locks)
    with RunLock(tmp_path), pytest.raises(RunError, match=f"in use by process {os.getpid()}"):
        RunLock(tmp_path).__enter__()
    with sole_user(tmp_path), sole_user(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
