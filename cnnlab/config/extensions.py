"""A person's own Python files, which register blocks, data sets, augmentations and the like."""

import hashlib
import importlib.util
import sys
import traceback
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from cnnlab.errors import ConfigError
from cnnlab.items import EXTENSION_MODULES
from cnnlab.reading import read_bytes


def why_unreadable(path: Path) -> str | None:
    """What is wrong with an extension file that is named, as far as it shows without running it; None: nothing."""
    if path.suffix != ".py":
        return f"expected a Python file, whose name ends in .py, got {path}"
    try:
        read_bytes(path)
    except FileNotFoundError:
        return f"there is no file {path} (paths are relative to the config)"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror or error}"
    return None


def module_name(path: Path) -> str:
    """The name of the module that a readable file becomes: by its content, which is run once."""
    return f"{EXTENSION_MODULES}{hashlib.sha256(read_bytes(path)).hexdigest()[:16]}"


class _SourceLoader(SourceFileLoader):
    """Runs a file as it stands: bytecode of an older one is not looked at, and none is written beside it."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the file."""
        return self.source_to_code(self.get_data(self.path), self.path)


def load_extension(path: Path, named_in: str) -> None:
    """Run the Python file `path`; `named_in` says where it is asked for. The same content runs only once.

    Raises ConfigError when the file is missing or fails, with its line.
    """
    reason = why_unreadable(path)
    if reason is not None:
        raise ConfigError(f"{named_in}: {reason}.")
    name = module_name(path)
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path, loader=_SourceLoader(name, str(path)))
    assert spec is not None and spec.loader is not None  # the name ends in .py
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, ConfigError | KeyboardInterrupt):
            raise
        raise ConfigError(f"{named_in}: {path}, {_failure(path, error)}.") from error


def _failure(path: Path, error: BaseException) -> str:
    """What failed, with the last line of `path` that took part in it."""
    reason = str(error).strip().rstrip(".").replace("\n", " ")
    if isinstance(error, SyntaxError):
        return f"line {error.lineno or 1}: {error.msg}"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f"line {lines[-1] if lines else 1}: {type(error).__name__}{': ' if reason else ''}{reason}"
