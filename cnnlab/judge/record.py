"""A run folder of a judgement, where one is asked for."""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cnnlab.files import write_json
from cnnlab.judge.findings import FileResult
from cnnlab.runs.environment import write_environment
from cnnlab.runs.folder import RunFolder


def write_run(runs_dir: Path, results: Sequence[FileResult], content: dict[str, Any]) -> Path:
    """Write what --json has into a new run folder, with the environment; the hash is that of the judged files."""
    digests = {str(result.file): _digest(result.file) for result in results}
    total = hashlib.sha256("".join(f"{name}\0{digest}\0" for name, digest in digests.items()).encode())
    folder = RunFolder.create(runs_dir, "verify-implementation", total.hexdigest())
    folder.status.start("verify", [])
    write_environment(folder, sys.argv, {"judged_files": digests})
    write_json(folder.verify_path, content)
    folder.status.finish("done")
    return folder.path


def _digest(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
