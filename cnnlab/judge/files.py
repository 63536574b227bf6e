"""Finding the files to judge, and names for them."""

import keyword
import os
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from cnnlab.errors import CnnlabError
from cnnlab.judge.stand_ins import FRAMEWORKS, HELPERS

TAKEN = {"numpy", "scipy", "skimage", "matplotlib", "cnnlab", *FRAMEWORKS, *HELPERS, *sys.stdlib_module_names}
FALLBACK = "submission"


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files to judge: a folder stands for every cnn.py in it, however deep; each file once.

    A path that does not exist stays in the list: it gets a row of its own, and the others are judged.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir() and path.suffix != ".py":
            # os.walk passes over folders that go, or cannot be read, while it looks
            found_below = (Path(at, "cnn.py") for at, *names in os.walk(path) if "cnn.py" in chain(*names))
            inside = sorted(found_below) or sorted(path.glob("*.py"))
            if not inside:
                raise CnnlabError(f"{path}: expected a file cnn.py in this folder or below, found none.")
            found |= dict.fromkeys(inside)
        else:
            found[path] = None
    return list(found)


def module_name(file: Path) -> str:
    """The name to import the file by: its own, unless Python or a library has taken that."""
    name = file.stem
    usable = name.isidentifier() and not keyword.iskeyword(name)
    return name if usable and name not in TAKEN else FALLBACK
