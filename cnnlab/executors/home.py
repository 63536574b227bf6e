"""The actor beside the command that started a cluster's tasks: what they tell, their files, and the word to stop."""

import asyncio
import contextlib
from pathlib import Path

from cnnlab.executors.base import Event
from cnnlab.executors.files import Files, packed, unpack
from cnnlab.runs.folder import RunFolder

MOST_CALLS = 100_000  # under way at once; each task leaves one open


class Home:
    """Lives on the machine of the command, so that it sees the run folders. All methods are called by Ray."""

    def __init__(self) -> None:
        """Nothing has been told, and nobody is to stop."""
        self._events: list[Event] = []
        self._news = asyncio.Event()
        self._stop_all = False
        self._stops: dict[tuple[Path, int | None], asyncio.Event] = {}

    async def tell(self, events: list[Event]) -> None:
        """Take what a task tells; once this returns, all that it told before has been taken too."""
        self._events += events
        if events:
            self._news.set()

    async def take(self, seconds: float) -> list[Event]:
        """Give what has been told since the last call; wait for it up to `seconds`, or until `wake`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        self._news.clear()
        events, self._events = self._events, []
        return events

    async def wake(self) -> None:
        """Let `take` return with what there is."""
        self._news.set()

    async def stop(self) -> None:
        """Tell every task to save its state and to end."""
        self._stop_all = True
        for stop in self._stops.values():
            stop.set()

    async def stop_one(self, folder: Path, repeat: int) -> None:
        """Tell the task of a repeat to save its state and to end."""
        self._stop_of(folder, repeat).set()

    async def stopping(self, folder: Path, repeat: int | None) -> None:
        """Return when the task of a repeat is to stop."""
        await self._stop_of(folder, repeat).wait()

    def _stop_of(self, folder: Path, repeat: int | None) -> asyncio.Event:
        stop = self._stops.setdefault((folder, repeat), asyncio.Event())
        if self._stop_all:
            stop.set()
        return stop

    async def fetch(self, folder: Path, repeat: int) -> Files:
        """The files of a repeat, for a node that does not see them."""
        return await asyncio.to_thread(packed, RunFolder(folder).repeat(repeat).path)

    async def store(self, folder: Path, repeat: int, files: Files) -> None:
        """Write a repeat's files. Raises RunError when the disk refuses."""
        await asyncio.to_thread(unpack, files, RunFolder(folder).repeat(repeat).path)
