"""The display of a sweep: bars in a terminal, a line for each training elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnnlab.cli.progress import clock, figures_text, told_text
from cnnlab.report.numbers import counted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from cnnlab.executors.base import Event


@contextmanager
def sweep_display(plan: Any, console: "Console") -> Iterator[Callable[["Event"], None]]:
    """Show what happens while the body runs; yields the function that takes the events.

    `plan` is a `cnnlab.experiments.sweep_plan.SweepPlan`.
    """
    from rich.markup import escape

    cells, repeats = counted(len(plan.cells), "cell"), counted(len(plan.repeats), "repeat")
    name = escape(plan.request.config.name)
    console.print(f"[bold]{name}[/bold]: {cells} of {repeats}, {counted(plan.waiting, 'training')} to do\n")
    progress = SweepProgress(plan)
    if console.is_terminal and not console.quiet:
        from rich.live import Live

        with Live(progress, console=console, refresh_per_second=4, transient=True) as live:
            yield lambda event: progress.hear(event, live.console)
    else:
        yield lambda event: progress.hear(event, console)


class SweepProgress:
    """What runs, what has ended, and how much time is left."""

    def __init__(self, plan: Any) -> None:
        self.cells = {cell.entry.folder: cell for cell in plan.cells}
        self.waiting = plan.waiting
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.finished = 0
        self.started = time.monotonic()

    def hear(self, event: "Event", console: "Console") -> None:
        """Take an event; what ended a training is printed, with its cell and how many have ended."""
        from rich.markup import escape

        folder = Path(event.folder).name if event.folder is not None else ""
        if folder not in self.cells or event.repeat is None:
            told = told_text(event)
            if told:
                console.print(told)
            return
        key = folder, event.repeat
        if event.kind in {"started", "epoch"}:
            self.rows[key] = event.content or {"epoch": 0}
        elif event.kind != "warning":
            self.rows.pop(key, None)
            self.finished += 1
            if event.kind == "stopped":  # the cell's other repeats will not be run
                self.waiting -= len(self.cells[folder].waiting) - 1
        told = told_text(event)
        if told:
            label = escape(self.cells[folder].entry.label)
            console.print(f"{self.finished}/{self.waiting} {label}, {told}", soft_wrap=True)

    def __rich__(self) -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True, max_width=38, overflow="ellipsis")
        table.add_column(width=12)
        table.add_column(no_wrap=True, overflow="ellipsis")
        done = self.finished + sum(row["epoch"] / self._epochs(key) for key, row in self.rows.items())
        table.add_row("all", ProgressBar(total=self.waiting, completed=done, width=12), self._time_left(done))
        for key, row in sorted(self.rows.items()):
            bar = ProgressBar(total=self._epochs(key), completed=row["epoch"], width=12)
            state = f"{row['epoch']}/{self._epochs(key)} {figures_text(row)}" if row["epoch"] else "building"
            table.add_row(f"{key[1]}: {self.cells[key[0]].entry.label}", bar, state)
        return table

    def _epochs(self, key: tuple[str, int]) -> int:
        return int(self.cells[key[0]].plan.config.training.epochs)

    def _time_left(self, done: float) -> str:
        elapsed = time.monotonic() - self.started
        text = f"{self.finished}/{self.waiting} trainings, {clock(elapsed)}"
        return f"{text}, {clock(elapsed * (self.waiting - done) / done)} left" if done > 0.02 else text
