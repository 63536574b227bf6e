"""Packages that only some configs need: the extras of cnnlab."""

import importlib.util


def missing(package: str, extra: str) -> str | None:
    """The end of a sentence on what needs `package`, with the command that installs it; None where it is installed."""
    if importlib.util.find_spec(package) is not None:
        return None
    return f"needs the package {package}, which is not installed here: pip install 'cnnlab[{extra}]'"
