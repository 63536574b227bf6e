"""Finding out, and writing into environment.json and changes.diff, with what a run is made."""

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
from cnnlab.runs.environment import Environment, Resumption
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.git_state import changes, git_state
from cnnlab.runs.process import host_name
from cnnlab.runs.record import read_record
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


def capture_environment(argv: Sequence[str]) -> Environment:
    """Return versions, machine, variables and source of this process.

    argv: the command line as typed, program first. Imports none of the packages whose versions it lists, and
    never fails: what cannot be found out is None.
    """
    return Environment(
        cnnlab=__version__,
        python=platform.python_version(),
        platform=platform.platform(),
        host=host_name(),
        packages=package_versions(),
        machine=machine.describe(),
        variables=relevant_variables(os.environ),
        keras_json=keras_json(),
        command=shlex.join(argv),
        argv=tuple(argv),
        executable=sys.executable,
        git=git_state(),
    )


def write_environment(
    folder: RunFolder, argv: Sequence[str], about: Environment, captured: Environment | None = None
) -> Environment:
    """Write environment.json and, when tracked files are changed, changes.diff; returns what was written.

    about: what is to be added to what is found out. captured: the environment that a sweep has written down for all
    of its runs, changes.diff included.
    """
    environment = (captured or capture_environment(argv)).updated(about)
    write_json(folder.environment_path, environment)
    diff = changes() if captured is None else None
    if diff:
        write_bytes(folder.changes_path, diff)
    return environment


def record_resume(folder: RunFolder, argv: Sequence[str], changed: Environment | None = None) -> None:
    """Add to environment.json that the run was resumed: when, by which command, where, with which versions.

    changed: entries that get another value by it. A file that is damaged as a whole is left as it is, for whoever
    reads the run says so.
    """
    environment = read_record(Environment, folder.environment_path, [])
    if environment is None:
        return
    entry = Resumption(
        time=now_text(), command=shlex.join(argv), host=host_name(), packages=package_versions()
    )
    resumed = Environment(resumed=(*environment.resumed, entry))
    write_json(folder.environment_path, environment.updated(changed or Environment()).updated(resumed))


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

    None without one; the text itself when it is not JSON.
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
