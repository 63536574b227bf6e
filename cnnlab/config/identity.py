"""Two hashes of a config: which run it is, and which experiment."""

import hashlib
import json
from pathlib import Path
from typing import Any

from cnnlab.config.load import dump_config

LEFT_OUT = {"devices": 1, "logit_adjustment": 0.0}
"""Keys of `training` that came later, and the value that stands for what was before: hashes stay as they were."""


def run_hash(config: Any) -> str:
    """SHA-256 of the resolved config, but for its resources, and of its extension files, as 64 hex digits."""
    return _hash(dump_config(config), config.extensions)


def experiment_hash(config: Any) -> str:
    """SHA-256 of what decides the results' distribution.

    Seed, repeats, threads, device, memory budget, checkpoints, name, loggers, published values and what follows from
    the check of the augmentation are left out: runs that share this hash, and the hash of their data, can be pooled.
    """
    plain = dump_config(config)
    for key in ("name", "seed", "repeats", "logging", "published", "augmentation_check"):
        plain.pop(key)
    for key in ("threads", "device", "devices", "checkpoint_every"):
        plain["training"].pop(key)
    plain["data"].pop("memory_budget")
    return _hash(plain, config.extensions)


def cell_hash(config: Any) -> str:
    """SHA-256 of what decides the bits of each repeat's results: a cell of a sweep is known by it.

    Unlike in `experiment_hash`, seed, threads and device count; the number of repeats does not.
    """
    plain = dump_config(config)
    for key in ("name", "repeats", "logging", "published", "augmentation_check"):
        plain.pop(key)
    plain["training"].pop("checkpoint_every")
    plain["data"].pop("memory_budget")
    return _hash(plain, config.extensions)


def file_hash(path: Path) -> str:
    """SHA-256 of a file's content, as 64 hex digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash(plain: dict[str, Any], extensions: tuple[Path, ...]) -> str:
    plain = {key: value for key, value in plain.items() if key != "resources"}
    plain["training"] = dict(item for item in plain["training"].items() if item not in LEFT_OUT.items())
    plain = {**plain, "extensions": [file_hash(path) for path in extensions]}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, allow_nan=False).encode()).hexdigest()
