"""What this machine offers, and how a run is laid out on it."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path


@cache
def usable_cores() -> int:
    """CPU cores this process may use: its affinity, and the CPU quota of its control group."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _quota() or cores))


def _quota() -> int | None:
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return None if quota == "max" else max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return None


@cache
def visible_gpus() -> tuple[str, ...]:
    """Identifiers of the NVIDIA GPUs that a process may use, without importing any framework."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return tuple(part for part in chosen.split(",") if part.strip() and part.strip() != "-1")
    if shutil.which("nvidia-smi") is None:
        return ()
    try:
        listing = subprocess.run(
            ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(listing.stdout.split())


def resolve_threads(threads: int | str, repeats: int) -> int:
    """CPU threads of one repeat, from config and machine alone.

    ``auto`` shares the cores among the repeats: small networks train faster side by side with one thread each
    than one after the other with all of them (see docs/performance.md).
    """
    return max(1, usable_cores() // repeats) if threads == "auto" else int(threads)


def resolve_jobs(jobs: int | str, *, threads: int, device: str, waiting: int) -> int:
    """How many repeats run side by side: one per GPU where GPUs are used, else as the cores allow."""
    if jobs != "auto":
        return max(1, min(int(jobs), waiting))
    gpus = len(visible_gpus()) if device in {"auto", "gpu"} else int(device.startswith("gpu"))
    slots = gpus or max(1, usable_cores() // threads)
    return max(1, min(slots, waiting))
