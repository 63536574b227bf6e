"""Telling whether the process that wrote a status file is still at work."""

import os
import platform
import re
from pathlib import Path


def host_name() -> str:
    """Return this machine's name."""
    return platform.node() or "unknown"


def process_stamp(pid: int) -> str | None:
    """Return what tells process `pid` from a later one with the same number; None where it cannot be known.

    On Linux: the clock tick since boot at which the process started.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the command, in parentheses, may hold spaces
    return fields[19] if len(fields) > 19 else None


def peak_memory(pid: int) -> int | None:
    """Return the most memory, in bytes, that process `pid` has had at one time; None where it cannot be known."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s*([0-9]+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def _state(pid: int) -> str | None:
    """The letter that Linux gives to a process' state; None where it cannot be known."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return text.rpartition(")")[2].split()[0]


def is_alive(pid: int, stamp: str | None) -> bool:
    """Whether process `pid` of this machine runs and is the one that had `stamp`."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        pass  # it is there, and somebody else's
    except (OSError, OverflowError):
        return False
    if _state(pid) in ("Z", "X"):
        return False  # it has ended, and nobody has asked how
    now = process_stamp(pid)
    return stamp is None or now is None or now == stamp
