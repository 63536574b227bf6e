"""Packages that an executor needs, and an installation may lack."""

import importlib.util

from cnnlab.errors import ConfigError


def require_extra(executor: str, package: str) -> None:
    """Raise ConfigError, with the command that installs it, where `package` is missing."""
    if importlib.util.find_spec(package) is None:
        raise ConfigError(
            f"--executor {executor} needs the package {package}, which is not installed here: "
            f"pip install 'cnnlab[{executor}]'."
        )
