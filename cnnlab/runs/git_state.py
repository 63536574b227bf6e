"""Which commit the working directory is at, and what is changed since; never an error, git or no git."""

import os
import subprocess
import threading
from pathlib import Path

from cnnlab.runs.environment import GitState

GIT_SECONDS = 10
DIFF_LIMIT_BYTES = 5_000_000
# The repository may be anybody's: start no helper programs that its own configuration names.
SAFE_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false")


def git_state(directory: str | Path | None = None) -> GitState:
    """Return commit, branch, whether tracked files are changed, and the number of untracked files.

    Every value is None where git is missing, `directory` (default: the working directory) is in no
    repository, or git takes too long.
    """
    commit = _git(directory, "rev-parse", "--verify", "HEAD")
    branch = _git(directory, "rev-parse", "--abbrev-ref", "HEAD")
    status = _git(directory, "status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=all")
    lines = None if status is None else status.splitlines()
    untracked = None if lines is None else sum(line.startswith("??") for line in lines)
    return GitState(
        commit=commit.strip() if commit else None,
        branch=branch.strip() if branch else None,
        dirty=None if lines is None or untracked is None else len(lines) > untracked,
        untracked=untracked,
    )


def changes(directory: str | Path | None = None, limit: int = DIFF_LIMIT_BYTES) -> bytes:
    """Return what ``git diff HEAD`` prints; empty without changes, or without a repository.

    Beyond `limit` bytes it is cut, with a last line that says so.
    """
    diff = _git_bytes(directory, ("diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv"), limit + 1)
    if diff is None or len(diff) <= limit:
        return diff or b""
    return diff[:limit] + f"\n# cut here, after {limit:,} bytes: there were more changes\n".encode()


def _git(directory: str | Path | None, *arguments: str) -> str | None:
    """Return what a git command prints, None when it fails."""
    output = _git_bytes(directory, arguments, DIFF_LIMIT_BYTES)
    return None if output is None else output.decode("utf-8", "replace")


def _git_bytes(directory: str | Path | None, arguments: tuple[str, ...], most: int) -> bytes | None:
    """Return at most that many bytes of what a git command prints, None when it fails or takes too long."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        process = subprocess.Popen(
            [*SAFE_GIT, *arguments],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    assert process.stdout is not None
    clock = threading.Timer(GIT_SECONDS, process.kill)
    clock.start()
    with process:
        output = process.stdout.read(most)
        whole = len(output) < most
        if not whole:
            process.kill()
    clock.cancel()
    return None if whole and process.returncode else output
