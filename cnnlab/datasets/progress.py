"""How far a download or an unpacking has come: a bar in a terminal, for large files a line now and then elsewhere."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

LINES_FROM_BYTES = 50_000_000
LINES = 10


@contextlib.contextmanager
def progress(verb: str, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes the number of bytes done so far; `total` is None where it is unknown."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _lines(console, f"{verb} {name}", total)
        return
    from rich.progress import DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"{verb} {name}", total=total)
        yield lambda done: bar.update(task, completed=done)


def _lines(console: Any, text: str, total: int | None) -> Callable[[int], None]:
    shown = 0

    def show(done: int) -> None:
        nonlocal shown
        if total is None or total < LINES_FROM_BYTES or LINES * done // total <= shown:
            return
        shown = LINES * done // total
        console.print(f"{text}: {100 * done // total} %", soft_wrap=True)

    return show
