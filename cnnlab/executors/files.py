"""The files of one repeat as bytes, for nodes that do not see the run folder."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnlab.files import TEMPORARY, write_bytes

Files = dict[str, bytes]
"""By path relative to the repeat's folder."""


def packed(folder: Path) -> Files:
    """All files in `folder`, of checkpoints the newest alone; none where there is no such folder."""
    newest = {path.parent / path.stem for path in manifests(folder)}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not TEMPORARY.fullmatch(path.name)
        and (path.parent.name != "checkpoint" or path.parent / path.stem in newest)
    }


def unpack(files: Files, folder: Path) -> None:
    """Make `folder` hold `files`, each written atomically, a checkpoint's manifest after its arrays.

    Checkpoints that are not among them are removed. Raises RunError when the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(files, key=lambda name: (name.endswith(".json"), name)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_bytes(folder / name, files[name])
    for path in folder.rglob("checkpoint/*"):
        if str(path.relative_to(folder)) not in files:
            path.unlink(missing_ok=True)
    for path in list(folder.rglob("checkpoint")):
        if not any(path.iterdir()):
            path.rmdir()


def manifests(folder: Path) -> list[Path]:
    """The manifest of the newest checkpoint of each network of a repeat."""
    found: dict[Path, Path] = {}
    for path in folder.rglob("checkpoint/*.json"):
        if path.stem.isdigit() and int(path.stem) >= int(found.get(path.parent, Path("-1.json")).stem):
            found[path.parent] = path
    return list(found.values())


@contextmanager
def proof_of_sharing(folder: Path) -> Iterator[str]:
    """While the body runs, a file of a random name lies in `folder`: who sees it shares the file system."""
    name = f".shared.{secrets.token_hex(4)}.tmp"
    path = folder / name
    path.touch()
    try:
        yield name
    finally:
        path.unlink(missing_ok=True)
