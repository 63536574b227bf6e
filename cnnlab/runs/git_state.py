"""Which commit the working directory is at, and what is changed since; never an error, git or no git."""

import os
import subprocess
from pathlib import Path
from typing import Any

GIT_SECONDS = 10
DIFF_LIMIT_BYTES = 5_000_000
# The repository may be anybody's: start no helper programs that its own configuration names.
SAFE_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false")


def git_state(directory: str | Path | None = None) -> dict[str, Any]:
    """Return commit, branch, whether tracked files are changed, and the number of untracked files.

    Every value is None where git is missing, `directory` (default: the working directory) is in no
    repository, or git takes too long.
    """
    commit = _git(directory, "rev-parse", "--verify", "HEAD")
    branch = _git(directory, "rev-parse", "--abbrev-ref", "HEAD")
    status = _git(directory, "status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=all")
    lines = None if status is None else status.splitlines()
    untracked = None if lines is None else sum(line.startswith("??") for line in lines)
    return {
        "commit": commit.strip() if commit else None,
        "branch": branch.strip() if branch else None,
        "dirty": None if lines is None or untracked is None else len(lines) > untracked,
        "untracked": untracked,
    }


def changes(directory: str | Path | None = None, limit: int = DIFF_LIMIT_BYTES) -> str:
    """Return the text of ``git diff HEAD``; empty without changes, or without a repository.

    Beyond `limit` bytes it is cut, with a last line that says so.
    """
    diff = _git(directory, "diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv") or ""
    raw = diff.encode("utf-8", "replace")
    if len(raw) <= limit:
        return diff
    return f"{raw[:limit].decode('utf-8', 'ignore')}\n# cut here: the changes take {len(raw):,} bytes\n"


def _git(directory: str | Path | None, *arguments: str) -> str | None:
    """Return what a git command prints, None when it fails."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [*SAFE_GIT, *arguments],
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")
