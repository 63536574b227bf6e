"""One list of all hostile submissions."""

from . import half_written, loud, stopping, unreadable
from .submission import Hostile

HOSTILE: list[Hostile] = [
    *half_written.SUBMISSIONS,
    *stopping.SUBMISSIONS,
    *loud.SUBMISSIONS,
    *unreadable.SUBMISSIONS,
]
