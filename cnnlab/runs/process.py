"""Processes of this machine: whether one still runs, and how much memory it has taken."""

import contextlib
import platform
from types import ModuleType

import psutil

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows has none
    resource = None


def host_name() -> str:
    """Return this machine's name."""
    return platform.node() or "unknown"


def process_stamp(pid: int) -> str | None:
    """Return when process `pid` started, to distinguish it from a later one with its number; None if unknown.

    On Linux in seconds since boot, which do not change when the clock is set.
    """
    try:
        started = psutil.Process(pid).create_time()
    except (psutil.Error, ValueError, OverflowError):
        return None
    return f"{started - psutil.boot_time() if psutil.LINUX else started:.2f}"


def is_alive(pid: int, stamp: str | None) -> bool:
    """Whether process `pid` of this machine runs and is the one that had `stamp`."""
    try:
        if not psutil.pid_exists(pid):
            return False
    except OverflowError:
        return False
    with contextlib.suppress(psutil.Error):  # it may be somebody else's
        if psutil.Process(pid).status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
            return False  # it has ended, and nobody has asked how
    now = process_stamp(pid)
    return stamp is None or now is None or now == stamp


def memory_in_use(pid: int) -> int:
    """Return the resident memory of process `pid` in bytes; 0 where it has ended or may not be asked."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def peak_memory() -> int:
    """Return the most resident memory that this process has had so far, in bytes."""
    if resource is None:
        memory = psutil.Process().memory_info()
        return int(getattr(memory, "peak_wset", memory.rss))
    peak = int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return peak if psutil.MACOS else peak * 1024
