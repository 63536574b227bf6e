"""A config on its way to another process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.config.load import check, document_of, dump_config
from cnnlab.config.schema import Config


@dataclass(frozen=True)
class PackedConfig:
    """A checked config as plain data: it may itself hold classes that only its extensions define."""

    plain: dict[str, Any]
    path: Path  # which its relative paths count from, and which errors name

    @classmethod
    def of(cls, config: Config, path: Path) -> "PackedConfig":
        return cls(dump_config(config), path)

    def unpacked(self) -> Config:
        """The config again, its extensions loaded. Raises ConfigError where that cannot be done here."""
        return check(document_of(self.plain, self.path))
