"""A run folder of a judgement, where one is asked for."""

import hashlib
import sys
from pathlib import Path

from cnnlab.files import write_json
from cnnlab.judge.results import Judgement
from cnnlab.runs.capture import write_environment
from cnnlab.runs.environment import Environment
from cnnlab.runs.folder import RunFolder


def write_run(runs_dir: Path, judgement: Judgement) -> Path:
    """Write what --json has into a new run folder, with the environment; the hash is that of the judged files."""
    digests = {str(result.file): _digest(result.file) for result in judgement.files}
    total = hashlib.sha256("".join(f"{name}\0{digest}\0" for name, digest in digests.items()).encode())
    folder = RunFolder.create(runs_dir, "judge", total.hexdigest())
    folder.status.start("judge", [])
    write_environment(folder, sys.argv, Environment(judged_files=digests))
    write_json(folder.judgement_path, judgement.to_json())
    folder.status.finish("done")
    return folder.path


def _digest(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None
