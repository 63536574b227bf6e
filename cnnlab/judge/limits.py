"""How much a judged file may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds for one request to the child process.

    Time is processor time, so that a busy machine blames nobody. The much longer time on the clock is only
    for what waits without computing.
    """

    seconds: float = 10.0
    patience: float = 2.0
    """The time on the clock, as a multiple of the processor time."""
    spare: float = 10.0
    """Seconds on the clock that are added to that."""
    import_seconds: float = 20.0
    memory_bytes: int = 4 << 30
    file_bytes: int = 64 << 20

    def on_the_clock(self, cpu_seconds: float) -> float:
        """How long to wait for a request that may compute for `cpu_seconds`."""
        return self.patience * cpu_seconds + self.spare
