"""What ``cnnlab data check`` says of a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class FileReport:
    """One file of a data set: whether it is there and sound, and what there is to say of it."""

    path: Path
    status: Literal["ok", "missing", "damaged"]
    message: str  # what it holds, or what is wrong
