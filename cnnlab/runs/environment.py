"""environment.json and changes.diff: with what, on what and from which source a run was made."""

import json
import os
import platform
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from cnnlab.files import write_bytes, write_json
from cnnlab.runs import machine
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.git_state import changes, git_state
from cnnlab.runs.process import host_name
from cnnlab.runs.status import now_text
from cnnlab.version import __version__

PACKAGES = (
    *("keras", "tensorflow", "tensorflow-cpu", "tensorflow-macos", "jax", "jaxlib", "torch"),
    *("numpy", "scipy", "scikit-image", "pillow", "h5py", "pydantic", "PyYAML", "matplotlib"),
    *("threadpoolctl", "ray"),
)
VARIABLES = re.compile(
    r"(?!TF_(CLI|VAR|TOKEN)_)(TF|KERAS|XLA|JAX|CNNLAB|CUDNN)_.*"  # not Terraform's
    r"|(OMP|MKL|OPENBLAS)_NUM_THREADS|CUDA_VISIBLE_DEVICES|PYTHONHASHSEED|NO_COLOR"
)
SECRET = re.compile(r"TOKEN|SECRET|PASSWORD|API_?KEY|CREDENTIAL", re.IGNORECASE)


def capture_environment(argv: Sequence[str], extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return versions, machine, variables and source of this process, with the entries of `extra` added.

    argv: the command line as typed, program first. Imports none of the packages whose versions it tells, and
    never fails: what cannot be found out is None.
    """
    return {
        "cnnlab": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "host": host_name(),
        "packages": package_versions(),
        "machine": machine.describe(),
        "variables": relevant_variables(os.environ),
        "keras_json": keras_json(),
        "command": shlex.join(argv),
        "argv": list(argv),
        "executable": sys.executable,
        "git": git_state(),
        **(extra or {}),
    }


def write_environment(
    folder: RunFolder,
    argv: Sequence[str],
    extra: Mapping[str, Any] | None = None,
    captured: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Write environment.json and, when tracked files are changed, changes.diff; returns what was captured.

    captured: the environment that a sweep has written down for all of its runs, changes.diff included.
    """
    environment = capture_environment(argv, extra) if captured is None else {**captured, **(extra or {})}
    write_json(folder.environment_path, environment)
    diff = changes() if captured is None else None
    if diff:
        write_bytes(folder.changes_path, diff)
    return environment


def record_resume(folder: RunFolder, argv: Sequence[str], changed: Mapping[str, Any] | None = None) -> None:
    """Add to environment.json that the run was gone on with: when, by which command, where, with which versions.

    changed: entries that get another value by it.
    """
    try:
        environment = json.loads(folder.environment_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # damaged, and said so by whoever reads the run
    if isinstance(environment, dict):
        entry = {
            "time": now_text(),
            "command": shlex.join(argv),
            "host": host_name(),
            "packages": package_versions(),
        }
        write_json(
            folder.environment_path,
            {**environment, **(changed or {}), "resumed": [*environment.get("resumed", []), entry]},
        )


def package_versions(names: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Return the versions of those packages that are installed."""
    versions = {}
    for name in names:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def relevant_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that change what the libraries do; secrets only by their name."""
    chosen = {name: value for name, value in sorted(environment.items()) if VARIABLES.fullmatch(name)}
    return {name: "(hidden)" if SECRET.search(name) else value for name, value in chosen.items()}


def keras_json() -> Any:
    """Return the content of Keras' own settings file, which can change floatx, backend and data format.

    None without one; the text itself when it is no JSON.
    """
    path = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "keras.json"
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text[:10_000]
