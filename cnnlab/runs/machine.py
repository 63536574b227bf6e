"""What this machine is: processor, usable cores, memory, graphics cards. No question fails."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

import psutil

from cnnlab.runs.environment import MachineRecord

CGROUPS = Path("/sys/fs/cgroup")
GPU_QUERY_SECONDS = 5
GPU_FIELDS = ("name", "memory.total", "driver_version")


def cpu_model() -> str:
    """Return the processor's name, such as "AMD EPYC 7B13"."""
    for line in _read("/proc/cpuinfo").splitlines():
        key, _, value = line.partition(":")
        if key.strip() in ("model name", "Model"):
            return value.strip()
    return _output(["sysctl", "-n", "machdep.cpu.brand_string"]) or platform.processor() or platform.machine()


def core_counts() -> dict[str, float | None]:
    """Return the machine's logical cores, those this process may use, and the container's limit."""
    logical = os.cpu_count()
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else logical
    return {"logical": logical, "affinity": affinity, "limit": cpu_limit(), "usable": usable_cores()}


def usable_cores() -> int:
    """Return how many cores this process can really keep busy: affinity and container limit, at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = cpu_limit()
    return max(1, cores if limit is None else min(cores, int(limit)))


def cpu_limit() -> float | None:
    """Return the container's limit in cores (control groups version 2 or 1); None without one."""
    limits = []
    for folder in _own_groups(""):
        quota, _, period = _read(folder / "cpu.max").strip().partition(" ")
        limits.append(_ratio(quota, period))
    for folder in _own_groups("cpu"):
        limits.append(_ratio(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")))
    return min((limit for limit in limits if limit is not None), default=None)


def memory_bytes() -> dict[str, int | None]:
    """Return the machine's memory and the container's limit on it, in bytes; None without one."""
    total = psutil.virtual_memory().total
    texts = [_read(folder / "memory.max") for folder in _own_groups("")]
    texts += [_read(folder / "memory.limit_in_bytes") for folder in _own_groups("memory")]
    limits = [int(text) for text in texts if text.strip().isdigit()]
    limit = min(limits, default=None)
    if limit is not None and limit >= total:
        limit = None
    return {"total": total, "limit": limit}


def gpus() -> list[dict[str, str]]:
    """Return name, memory and driver of each NVIDIA card, as nvidia-smi lists them; empty without it."""
    if shutil.which("nvidia-smi") is None:
        return []
    query = ["nvidia-smi", f"--query-gpu={','.join(GPU_FIELDS)}", "--format=csv,noheader"]
    rows = [[cell.strip() for cell in line.split(",")] for line in _output(query).splitlines()]
    return [dict(zip(GPU_FIELDS, row, strict=True)) for row in rows if len(row) == len(GPU_FIELDS)]


def describe() -> MachineRecord:
    """Return all of the above."""
    return MachineRecord(
        cpu=cpu_model(), cores=core_counts(), memory_bytes=memory_bytes(), gpus=tuple(gpus())
    )


def _own_groups(controller: str) -> list[Path]:
    """Return the folders of this process' control group and those above it; "" stands for version 2."""
    root = CGROUPS / controller
    for line in _read("/proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controller in controllers.split(","):
            own = root / path.lstrip("/")
            return [own, *(p for p in own.parents if p.is_relative_to(root))]
    return [root]


def _ratio(quota: str, period: str) -> float | None:
    try:
        cores = int(quota) / int(period)
    except (ValueError, ZeroDivisionError):
        return None  # "max", or no such file
    return cores if cores > 0 else None


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _output(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=GPU_QUERY_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
