"""Keras and TensorFlow, set up the same way in every process.

The user's ``keras.json`` and environment can change backend, float type and data format, or cap every `fit`;
none of that may change an experiment behind one's back, so each is set here.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from cnnlab.errors import ConfigError

_CAPS = ("KERAS_MAX_EPOCHS", "KERAS_MAX_STEPS_PER_EPOCH")


def prepare_environment() -> None:
    """Set the environment variables that act when Keras and TensorFlow are imported. Call it before that."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # off by default on AMD CPUs, where it is as fast
    for name in _CAPS:
        os.environ.pop(name, None)


@contextlib.contextmanager
def without_chatter() -> Iterator[None]:
    """Keep what TensorFlow's C++ code writes to file descriptor 2 out of the terminal; exceptions go on."""
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
    """Import Keras with the environment prepared, and undo what ``keras.json`` may have set."""
    prepare_environment()
    import keras

    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    keras.config.set_epsilon(1e-7)
    return keras


def configure(*, threads: int, device: str, precision: str, deterministic: bool) -> str:
    """Set threads, device, precision and determinism of this process, before its first computation.

    Returns the device in use, such as "CPU" or "GPU:0". Raises ConfigError when a GPU is asked for and there
    is none. A GPU's memory is taken as it is needed, not all at once.
    """
    keras = import_keras()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    # TensorFlow's remapper fuses convolution, addition and LeakyReLU into one operation that ignores the slope
    # (oneDNN on, TensorFlow 2.21: outputs of a residual block were off by 0.3). A test shows that it is needed.
    tf.config.optimizer.set_experimental_options({"remapping": False})
    used = _choose_device(tf, device)
    keras.config.set_dtype_policy(precision)
    if deterministic:
        tf.config.experimental.enable_op_determinism()
    return used


def _choose_device(tf: Any, device: str) -> str:
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu" or (device == "auto" and not gpus):
        tf.config.set_visible_devices([], "GPU")
        return "CPU"
    number = int(device.partition(":")[2] or 0)
    if number >= len(gpus):
        raise ConfigError(
            f"training.device: expected a GPU with number {number}, but TensorFlow sees {len(gpus)}: choose 'cpu' or "
            "'auto', or install cnnlab[gpu] (see 'cnnlab doctor')."
        )
    tf.config.set_visible_devices(gpus[number], "GPU")
    tf.config.experimental.set_memory_growth(gpus[number], True)
    return f"GPU:{number}"
