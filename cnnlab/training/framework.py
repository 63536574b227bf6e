"""Keras and its backend, set up the same way in every process.

The user's ``keras.json`` and environment can change backend, float type and data format, or cap every `fit`;
none of that may change an experiment behind one's back, so each is set here.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from cnnlab.backends import active
from cnnlab.config.training_section import Training
from cnnlab.errors import ConfigError

_CAPS = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")


def prepare_environment() -> None:
    """Set the environment variables that act when Keras and TensorFlow are imported. Call it before that."""
    os.environ["KERAS_BACKEND"] = active().name
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # off by default on AMD CPUs, where it is as fast
    for name in _CAPS:
        os.environ.pop(name, None)


@contextlib.contextmanager
def without_chatter() -> Iterator[None]:
    """Keep what TensorFlow's C++ code writes to file descriptor 2 out of the terminal; exceptions pass."""
    sys.stderr.flush()
    saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        sys.stderr.flush()
        os.dup2(saved, 2)
        os.close(null)
        os.close(saved)


def import_keras() -> Any:
    """Import Keras with the environment prepared, and undo what ``keras.json`` may have set.

    Raises ConfigError when this process has imported it with another backend already.
    """
    prepare_environment()
    import keras

    if keras.backend.backend() != active().name:
        raise ConfigError(
            f"training.backend: '{active().name}' cannot be used in a process that has imported Keras with the "
            f"backend '{keras.backend.backend()}': start a new one."
        )
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    return keras


def configure_training(
    training: Training, *, full_precision: bool = False, devices: int | None = None
) -> str:
    """`configure` as a config's `training` section says, on its devices or on so many."""
    return configure(
        threads=training.cpu_threads,
        device=training.device,
        precision=training.precision,
        deterministic=training.deterministic,
        full_precision=full_precision,
        devices=training.devices if devices is None else devices,
    )


def configure(
    *,
    threads: int,
    device: str,
    precision: str,
    deterministic: bool,
    full_precision: bool = False,
    devices: int = 1,
) -> str:
    """Set threads, devices, precision and determinism of this process, before its first computation.

    With `full_precision`, float32 products on a GPU are not rounded to fewer bits. Returns what is in use, such as
    "CPU", "GPU:0" or "2 x GPU". Raises ConfigError when more GPUs are asked for than there are. A GPU's memory is
    taken as it is needed, not all at once.
    """
    how: Any = {
        "threads": threads,
        "device": device,
        "deterministic": deterministic,
        "full_precision": full_precision,
        "devices": devices,
    }
    active().prepare(**how)
    keras = import_keras()
    used = active().configure(**how)
    keras.config.set_dtype_policy(precision)
    return used
