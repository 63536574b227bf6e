"""What of a machine decides the last bits of its numbers, and whether two differ in it."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from cnnlab.runs.capture import package_versions
from cnnlab.runs.environment import COMPUTING_PACKAGES
from cnnlab.runs.machine import cpu_model
from cnnlab.runs.process import host_name
from cnnlab.version import __version__


@dataclass(frozen=True)
class Machine:
    """Host, processor, and the versions of the packages that compute."""

    host: str
    cpu: str
    versions: dict[str, str]

    @classmethod
    @cache
    def here(cls) -> "Machine":
        return cls(host_name(), cpu_model(), {"cnnlab": __version__, **package_versions(COMPUTING_PACKAGES)})

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Machine":
        return cls(**plain)

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    def differences(self, here: "Machine") -> str | None:
        """A sentence on what this machine has that may give other last bits than those from `here`; None if nothing."""
        names = sorted(self.versions.keys() | here.versions.keys())
        found = [
            f"{name} is {self.versions.get(name, 'missing')} ({here.versions.get(name, 'missing')} here)"
            for name in names
            if self.versions.get(name) != here.versions.get(name)
        ]
        if self.cpu != here.cpu:
            found.append(f"the processor is {self.cpu} ({here.cpu} here)")
        if not found:
            return None
        return f"on {self.host} {' and '.join(found)}: numbers from there may differ in the last bits."
