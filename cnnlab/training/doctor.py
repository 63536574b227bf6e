"""A look at the machine before the first run."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnlab.backends import choose
from cnnlab.datasets import availability, data_places
from cnnlab.datasets.pictures.cache import kept_folders
from cnnlab.errors import ConfigError
from cnnlab.runs.capture import keras_json, package_versions
from cnnlab.runs.machine import cpu_model, gpus, memory_bytes, usable_cores
from cnnlab.version import __version__

_SET_BY_CNNLAB = {"floatx": "float32", "image_data_format": "channels_last"}


def examine(data_dir: Path | None, chosen: str = "tensorflow") -> dict[str, Any]:
    """Return `facts`, `warnings` and `missing`; imports Keras on the backend `chosen`, and says so when that fails."""
    backend, missing = _framework(chosen)
    memory = memory_bytes()
    facts = {
        "cnnlab": __version__,
        "python": f"{sys.version.split()[0]} at {sys.executable}",
        "packages": package_versions(),
        "backend": backend.get("backend", "none"),
        "devices": backend.get("devices", []),
        "gpus": [gpu["name"] for gpu in gpus()],
        "cpu": cpu_model(),
        "cores": usable_cores(),
        "memory": f"{(memory['limit'] or memory['total'] or 0) / 2**30:.1f} GiB",
        "oneDNN": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "on, set by cnnlab"),
        "data": {
            row.name: row.found or row.note or "not here" for row in availability(data_places(data_dir))
        },
        "images of folders": kept_folders(),
    }
    return {"facts": facts, "warnings": warnings(os.environ, keras_json(), backend), "missing": missing}


def warnings(environment: Mapping[str, str], keras_settings: Any, backend: Mapping[str, Any]) -> list[str]:
    """What would surprise a person, in sentences."""
    found = []
    for key, ours in _SET_BY_CNNLAB.items():
        theirs = keras_settings.get(key, ours) if isinstance(keras_settings, dict) else ours
        if theirs != ours:
            found.append(f"keras.json sets {key} to '{theirs}'; cnnlab uses '{ours}' whatever it says.")
    for name in ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH"):
        if name in environment:
            found.append(f"${name} is set and would cap every training; cnnlab ignores it.")
    theirs = environment.get("KERAS_BACKEND") or (keras_settings or {}).get("backend", "tensorflow")
    if theirs != "tensorflow":
        found.append(
            f"$KERAS_BACKEND or keras.json names the backend '{theirs}'; cnnlab takes it from training.backend or "
            "--backend."
        )
    if environment.get("TF_ENABLE_ONEDNN_OPTS") == "0":
        found.append("$TF_ENABLE_ONEDNN_OPTS is 0: training on the CPU is slower than it need be.")
    if gpus() and not any("GPU" in device for device in backend.get("devices", [])):
        found.append(
            "there is a GPU, but the backend does not see it: for TensorFlow, pip install 'cnnlab[gpu]'."
        )
    return found


def _framework(chosen: str) -> tuple[dict[str, Any], list[str]]:
    before = dict(os.environ)
    try:
        from cnnlab.training.framework import configure, without_chatter

        choose(chosen)
        with without_chatter():
            used = configure(threads=usable_cores(), device="auto", precision="float32", deterministic=False)
        return {"backend": chosen, "devices": list(dict.fromkeys(["CPU", used]))}, []
    except ConfigError as error:
        return {}, [str(error)]
    except ImportError as error:
        return {}, [f"Keras with {chosen} cannot be imported ({error}): pip install cnnlab."]
    finally:
        os.environ.clear()
        os.environ.update(before)
