"""What one repeat takes of a node."""

from collections.abc import Mapping
from dataclasses import dataclass

from cnnlab.config.schema import Config


@dataclass(frozen=True)
class Need:
    """CPUs and GPUs, fractions where jobs share one; memory in bytes; minutes at most. None: no matter."""

    cpus: float
    gpus: float = 0.0
    memory_bytes: int | None = None
    minutes: int | None = None

    @classmethod
    def of(cls, config: Config) -> "Need":
        """The need of a repeat of a resolved config: by default the CPUs of its threads, and no GPU."""
        asked = config.resources
        cpus = float(config.training.cpu_threads) if asked.cpus is None else asked.cpus
        memory = None if asked.memory is None else int(asked.memory * 1e6)
        return cls(cpus, asked.gpus, memory, asked.minutes)

    def times(self, resources: Mapping[str, float]) -> int:
        """How often it fits into a node's resources, as Ray names them."""
        wanted = {"CPU": self.cpus, "GPU": self.gpus, "memory": self.memory_bytes or 0}
        return min(int(resources.get(name, 0) / amount + 1e-9) for name, amount in wanted.items() if amount)

    def fits(self, resources: Mapping[str, float]) -> bool:
        """Whether a node has room for it."""
        return self.times(resources) > 0

    def __str__(self) -> str:
        parts = [f"{self.cpus:g} CPU"]
        if self.gpus:
            parts.append(f"{self.gpus:g} GPU")
        if self.memory_bytes:
            parts.append(f"{self.memory_bytes / 1e9:g} GB of memory")
        return " and ".join(parts)
