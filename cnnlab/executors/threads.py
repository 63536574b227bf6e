"""How a run uses this machine: threads of one repeat, repeats side by side."""

import os

from cnnlab.runs.machine import gpus, usable_cores


def resolve_threads(threads: int | str, repeats: int) -> int:
    """CPU threads of one repeat, from config and machine alone, never from how many run side by side.

    ``auto`` shares the cores among the repeats: small networks train faster side by side with one thread each
    than one after the other with all of them.
    """
    return max(1, usable_cores() // repeats) if threads == "auto" else int(threads)


def resolve_jobs(jobs: int | str, *, threads: int, device: str, waiting: int, devices: int = 1) -> int:
    """How many repeats run side by side: by the GPUs where those are used, each repeat's own; else by the cores."""
    if jobs != "auto":
        return max(1, min(int(jobs), waiting))
    slots = len(gpu_slots(device, devices)) or max(1, usable_cores() // threads)
    return max(1, min(slots, waiting))


def gpu_slots(device: str, devices: int = 1) -> list[str]:
    """Values for CUDA_VISIBLE_DEVICES that workers share out, `devices` GPUs each; empty where no GPU is to be used.

    GPUs that are too few for one repeat are all in one value: the backend says then how many are missing.
    """
    if device == "cpu":
        return []
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is None:
        visible = [str(i) for i in range(len(gpus()))]
    else:
        visible = [part.strip() for part in chosen.split(",") if part.strip() not in {"", "-1"}]
    if device.startswith("gpu:"):
        number = int(device.partition(":")[2])
        visible = visible[number : number + devices]
    groups = [visible[start : start + devices] for start in range(0, len(visible), devices)]
    whole = [group for group in groups if len(group) == devices]
    return [",".join(group) for group in whole or groups]
