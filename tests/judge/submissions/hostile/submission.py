"""One hostile submission and the outcome it must have."""

from dataclasses import dataclass
from pathlib import Path

from ..editing import Edit, apply_edits, reference_source

PASSES, CANNOT_BE_JUDGED, FAILS = 0, 2, 3


@dataclass(frozen=True)
class Hostile:
    """A submission that misbehaves.

    `content` is the text or the bytes of `cnn.py`, or None for a folder of that name; `companions` are
    files beside it. `exit_code` is the judge's: 0 all required checks pass, 2 cannot be judged, 3 a
    required check fails. Each of `findings`, (check, identifier), must be reported, and at the checks in
    `passing` there must be no finding of the grade required. `line` is the line that a finding about the
    whole file must give. `harmless` files can be run in the process of a test.
    """

    name: str
    description: str
    content: str | bytes | None
    exit_code: int
    findings: tuple[tuple[str, str], ...] = ()
    passing: tuple[str, ...] = ()
    companions: tuple[tuple[str, str], ...] = ()
    line: int | None = None
    harmless: bool = False

    def write(self, folder: Path) -> Path:
        """Write the submission into a folder and return the path of its `cnn.py`."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "cnn.py"
        for name, text in self.companions:
            (folder / name).write_text(text, encoding="utf-8")
        if self.content is None:
            path.mkdir()
        elif isinstance(self.content, bytes):
            path.write_bytes(self.content)
        else:
            path.write_text(self.content, encoding="utf-8", newline="")
        return path


REFERENCE = reference_source("vectorised")
FIRST_IMPORT = "import numpy as np\n"


def at_import(*lines: str) -> str:
    """The vectorised reference with some lines after its first import."""
    return apply_edits(REFERENCE, ((FIRST_IMPORT, FIRST_IMPORT + "".join(f"{line}\n" for line in lines)),))


def changed(*edits: Edit) -> str:
    """The vectorised reference with some edits."""
    return apply_edits(REFERENCE, edits)
