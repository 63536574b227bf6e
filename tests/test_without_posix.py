"""What a student trains and reports needs nothing that Windows lacks: no fcntl, no resource, no fork."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY, Finished, run_cnnlab

HIDE = """\
import os, signal, sys
import psutil  # which on Linux itself needs resource, and on Windows does not
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in (
    *("fork", "forkpty", "killpg", "setsid", "sched_getaffinity", "pread", "pwrite", "mkfifo", "getuid", "geteuid"),
    *("O_NONBLOCK", "O_NOFOLLOW", "O_DIRECTORY"),
):
    delattr(os, name)
for name in ("SIGHUP", "SIGALRM", "SIGUSR1"):
    delattr(signal, name)
import warnings
warnings.filterwarnings("ignore", "only soft file lock is available")  # on Windows there is another
"""


@pytest.fixture
def hidden(tmp_path: Path) -> Any:
    """The command line in a Python that hides from every process what POSIX alone has."""
    (tmp_path / "sitecustomize.py").write_text(HIDE)
    path = f"{tmp_path}:{REPOSITORY}"

    def run(*arguments: object) -> Finished:
        return run_cnnlab(*arguments, cwd=tmp_path, PYTHONPATH=path)

    return run


@pytest.mark.keras
@pytest.mark.xdist_group("train")
def test_the_quickstart_is_trained_and_reported(hidden: Any, tmp_path: Path) -> None:
    """Its workers are spawned, for nothing can be forked; the run is shown and removed like any other."""
    done = hidden("train", "-c", REPOSITORY / "configs/quickstart.yaml", "--smoke", "--repeats", 1, "--json")
    assert (done.code, done.json["status"]) == (0, "done"), done.err
    assert "accuracy" in hidden("report", "latest").out
    assert "quickstart" in hidden("runs", "list").out
    assert hidden("runs", "rm", "latest", "--yes").code == 0
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.keras
@pytest.mark.slow
def test_a_layer_is_verified(hidden: Any) -> None:
    done = hidden("verify", "--layer", "dense")
    assert done.code == 0, done.err


@pytest.mark.heavy
def test_what_is_hidden_cannot_be_used(hidden: Any, tmp_path: Path) -> None:
    """The test above would show it: a file that needs one of them ends with an error."""
    for text in ("import fcntl", "import resource", "import os; os.fork()"):
        (tmp_path / "needs.py").write_text(text)
        (tmp_path / "config.yaml").write_text("name: needs\nextensions: [needs.py]\n")
        assert hidden("config", "check", "config.yaml").code == 2
