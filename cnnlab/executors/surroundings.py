"""Where a repeat is trained, and whether that is the same kind of place as here."""

from typing import Any

from cnnlab.runs.capture import package_versions
from cnnlab.runs.machine import cpu_model
from cnnlab.runs.process import host_name
from cnnlab.version import __version__

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy")


def surroundings() -> dict[str, Any]:
    """Host, processor, and versions of what decides the numbers."""
    versions = {"cnnlab": __version__, **package_versions(PACKAGES)}
    return {"host": host_name(), "cpu": cpu_model(), "versions": versions}


def differences(there: dict[str, Any], here: dict[str, Any]) -> str | None:
    """A sentence on what another machine has that may change the last bits of numbers; None if nothing."""
    names = sorted(there["versions"].keys() | here["versions"].keys())
    found = [
        f"{name} is {there['versions'].get(name, 'missing')} ({here['versions'].get(name, 'missing')} here)"
        for name in names
        if there["versions"].get(name) != here["versions"].get(name)
    ]
    if there["cpu"] != here["cpu"]:
        found.append(f"the processor is {there['cpu']} ({here['cpu']} here)")
    if not found:
        return None
    return f"on {there['host']} {' and '.join(found)}: numbers from there may differ in the last bits."
