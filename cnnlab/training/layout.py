"""How a run is laid out on this machine: threads of one repeat, repeats side by side."""

import os

from cnnlab.runs.machine import gpus, usable_cores


def resolve_threads(threads: int | str, repeats: int) -> int:
    """CPU threads of one repeat, from config and machine alone, never from how many run side by side.

    ``auto`` shares the cores among the repeats: small networks train faster side by side with one thread each
    than one after the other with all of them.
    """
    return max(1, usable_cores() // repeats) if threads == "auto" else int(threads)


def resolve_jobs(jobs: int | str, *, threads: int, device: str, waiting: int) -> int:
    """How many repeats run side by side: one per GPU where GPUs are used, else as the cores allow."""
    if jobs != "auto":
        return max(1, min(int(jobs), waiting))
    slots = len(gpu_slots(device)) or max(1, usable_cores() // threads)
    return max(1, min(slots, waiting))


def gpu_slots(device: str) -> list[str]:
    """Identifiers for CUDA_VISIBLE_DEVICES that workers share out; empty where no GPU is to be used."""
    if device == "cpu":
        return []
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        visible = [str(i) for i in range(len(gpus()))]
    else:
        visible = [part.strip() for part in chosen.split(",") if part.strip() not in {"", "-1"}]
    if device.startswith("gpu:"):
        number = int(device.partition(":")[2])
        return visible[number : number + 1]
    return visible
