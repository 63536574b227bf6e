"""A person's own Python files, which register blocks, data sets, augmentations and the like."""

import hashlib
import importlib.util
import sys
import traceback
from pathlib import Path

from cnnlab.errors import ConfigError


def load_extension(path: Path, named_in: str) -> None:
    """Run the Python file `path`, once per process; `named_in` says which config asks for it.

    Raises ConfigError when the file is missing or fails, with its line.
    """
    name = f"cnnlab_extension_{hashlib.sha256(str(path).encode()).hexdigest()[:16]}"
    if name in sys.modules:
        return
    if not path.is_file():
        raise ConfigError(f"{named_in}, extensions: there is no file {path} (paths are relative to the config).")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{named_in}, extensions: {path} is no Python file: its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except ConfigError:
        del sys.modules[name]
        raise
    except SyntaxError as error:
        del sys.modules[name]
        raise ConfigError(f"{path}, line {error.lineno}: {error.msg} (an extension of {named_in}).") from None
    except Exception as error:
        del sys.modules[name]
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
        line = lines[-1] if lines else 1
        raise ConfigError(
            f"{path}, line {line}: {type(error).__name__}: {error} (an extension of {named_in})."
        ) from error
