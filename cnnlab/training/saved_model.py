"""Opening a .keras file from anywhere: as data, never as code."""

import re
import zipfile
from pathlib import Path
from typing import Any

from cnnlab.errors import shown

MOST_CONFIG_BYTES = 20_000_000  # of the description of a network, unpacked


class UnreadableModel(Exception):
    """A file that cannot be opened as a Keras model; the message is the reason, to be set into a sentence."""


def open_saved_model(path: Path) -> Any:
    """Return the model in a .keras file, uncompiled.

    Keras opens it in its safe mode: what would run Python code from the file, as Lambda layers do, is refused. The
    older HDF5 format is not opened. Raises UnreadableModel.
    """
    _check_archive(path)
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises what its parts raise
        raise UnreadableModel(_reason(str(error), type(error).__name__)) from error


def _check_archive(path: Path) -> None:
    """Refuse what is not a .keras file, and a description that would fill the memory, before Keras reads any of it."""
    if not path.is_file():
        raise UnreadableModel("there is no such file")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise UnreadableModel("it is not a .keras file (a zip archive of Keras 3)")
    try:
        with zipfile.ZipFile(path) as archive:
            size = archive.getinfo("config.json").file_size
            names = archive.namelist()
    except (OSError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile):
        raise UnreadableModel("it is a damaged archive, or another program's") from None
    if size > MOST_CONFIG_BYTES:
        raise UnreadableModel(f"its config.json has {size:,} bytes, more than any network needs")
    outside = [name for name in names if name.startswith("/") or ".." in name.split("/")]
    if outside:
        raise UnreadableModel(f"it holds a file that would be written elsewhere, {shown(outside[0], 200)}")


def _reason(text: str, kind: str) -> str:
    """What Keras says, in half a sentence."""
    if "Requested the deserialization of a" in text:
        layer = re.search(r"deserialization of a `?(\w+)", text)
        return (
            f"it holds Python code to be run (a {layer[1] if layer else 'Lambda'} layer), which is refused: "
            "a block in an extension file does the same, where it can be read"
        )
    missing = re.search(r"Could not locate class '(\w+)'", text)
    if missing is not None:
        return (
            f"it holds a layer of the class {missing[1]}, which nobody registers; in an extension, define it outside "
            "of the block's function, with @keras.saving.register_keras_serializable()"
        )
    line = (text.strip().splitlines() or [kind])[0]
    return shown(line or kind, 200).rstrip(".")
