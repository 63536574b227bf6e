"""The display of trainings: bars in a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table

from cnnlab.errors import counted, printable
from cnnlab.runs.races import figure_in_words

if TYPE_CHECKING:  # what makes events is imported with the training itself
    from cnnlab.executors.base import Event, Listener
    from cnnlab.experiments.plan import CellPlan, Plan

PLAIN_LINES_PER_REPEAT = 10
PLACES = {"local": "", "ray": "on Ray, ", "slurm": "on SLURM, "}


@contextmanager
def display(console: Console) -> Iterator["Listener"]:
    """Show what happens while the body runs; yields the function that takes the events."""
    if console.is_terminal and not console.quiet:
        bars = Bars()
        with Live(bars, console=console, refresh_per_second=4, transient=True) as live:
            yield lambda event: bars.hear(event, live.console)
    else:
        lines = ProgressLines()
        yield lambda event: lines.hear(event, console)


class ProgressLines:
    """What was planned, what runs, and what has ended; printed as lines."""

    def __init__(self) -> None:
        self.plan: Plan | None = None
        self.cells: dict[str, CellPlan] = {}  # by the name of their folder
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.waiting = self.finished = 0

    def hear(self, event: "Event", console: Console) -> None:
        """Take an event; what begins or ends is printed."""
        if event.kind == "planned":
            self._begin(event.content, console)
            return
        key = self._key(event)
        if key is not None and event.kind in {"started", "epoch"}:
            self.rows[key] = event.content or {"epoch": 0}
            self.show_epoch(event, console)
        elif key is not None and event.kind != "warning":
            self.rows.pop(key, None)
            self.finished += 1
            if event.kind == "stopped":  # the cell's other repeats will not be run
                self.waiting -= len(self.cells[key[0]].waiting) - 1
        text = ended_text(event)
        if text and key is not None and self.plan is not None and self.plan.is_sweep:
            label = escape(self.cells[key[0]].entry.label)
            text = f"{self.finished}/{self.waiting} {label}, {text}"
        if text:
            console.print(text, soft_wrap=True)

    def show_epoch(self, event: "Event", console: Console) -> None:
        """Print a line now and then; in a sweep, whose lines would be too many, none."""
        if self.plan is not None and not self.plan.is_sweep:
            print_epoch(event, self.plan.cells[0].config.training.epochs, console)

    def _begin(self, plan: "Plan", console: Console) -> None:
        self.plan, self.waiting, self.started = plan, plan.waiting, time.monotonic()
        self.cells = {cell.entry.folder if plan.is_sweep else "": cell for cell in plan.cells}
        for line in announcement(plan):
            console.print(line, soft_wrap=True)

    def _key(self, event: "Event") -> tuple[str, int] | None:
        """The folder of a cell, "" of a run, and the repeat; None for what is about neither."""
        name = Path(event.folder).name if event.folder is not None else ""
        cell = name if self.plan is not None and self.plan.is_sweep else ""
        return None if event.repeat is None or cell not in self.cells else (cell, event.repeat)


class Bars(ProgressLines):
    """The same with a bar for all and one for each training that runs, in place of lines for epochs."""

    def show_epoch(self, event: "Event", console: Console) -> None:
        """The bars show it."""

    def __rich__(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True, max_width=38, overflow="ellipsis")
        table.add_column(width=16)
        table.add_column(no_wrap=True, overflow="ellipsis")
        if self.plan is None:
            return table
        done = self.finished + sum(row["epoch"] / self._epochs(key) for key, row in self.rows.items())
        bar = ProgressBar(total=self.waiting, completed=done, width=16)
        table.add_row("all", bar, self._time_left(done))
        for key, row in sorted(self.rows.items()):
            epochs = self._epochs(key)
            bar = ProgressBar(total=epochs, completed=row["epoch"], width=16)
            state = f"{row['epoch']}/{epochs} {figures_text(row)}" if row["epoch"] else "building the network"
            name = f"{key[1]}: {self.cells[key[0]].entry.label}" if self.plan.is_sweep else f"repeat {key[1]}"
            table.add_row(name, bar, state)
        return table

    def _epochs(self, key: tuple[str, int]) -> int:
        return self.cells[key[0]].config.training.epochs

    def _time_left(self, done: float) -> str:
        elapsed = time.monotonic() - self.started
        unit = "trainings" if self.plan is not None and self.plan.is_sweep else "repeats"
        text = f"{self.finished}/{self.waiting} {unit}, {clock(elapsed)}"
        return f"{text}, {clock(elapsed * (self.waiting - done) / done)} left" if done > 0.02 else text


def announcement(plan: "Plan") -> list[str]:
    """What is going to be trained, as lines with rich markup."""
    lines = []
    if plan.folder is not None and plan.waiting == 0:
        return [f"Finished already: {escape(str(plan.folder))}"]
    if plan.folder is not None:
        early = sum(cell.stopped for cell in plan.cells)
        finished = f"{plan.finished} of {plan.trainings} {'trainings' if plan.is_sweep else 'repeats'}"
        stopped = f", {counted(early, 'cell')} stopped early" if early else ""
        lines.append(f"Resuming {escape(str(plan.folder))}: {finished} are finished{stopped}.")
    name = f"[bold]{escape(plan.experiment.config.name)}[/bold]"
    if plan.is_sweep:
        cells, repeats = counted(len(plan.cells), "cell"), counted(len(plan.repeats), "repeat")
        return [*lines, f"{name}: {cells} of {repeats}, {counted(plan.waiting, 'training')} to do\n"]
    cell = plan.cells[0]
    training = cell.config.training
    lines.append(f"{name} on {escape(cell.data.title)}")
    if plan.experiment.bundled_for:
        lines.append(
            f"[yellow]The bundled data stand in for '{escape(plan.experiment.bundled_for)}'.[/yellow]"
        )
    side_by_side = f"{plan.side_by_side} side by side, " if plan.waiting > 1 else ""
    where = PLACES[plan.launch.executor.name] or side_by_side
    repeats, epochs = counted(plan.waiting, "repeat"), counted(training.epochs, "epoch")
    return [*lines, f"{repeats} of {epochs}; {where}{counted(training.cpu_threads, 'thread')} each\n"]


def print_event(event: "Event", console: Console) -> None:
    """Print an event of a training by itself, whose epochs hold how many there are."""
    if event.kind == "epoch":
        print_epoch(event, event.content["epochs"], console)
    elif text := ended_text(event):
        console.print(text)


def print_epoch(event: "Event", epochs: int, console: Console) -> None:
    """Print an epoch's figures, of each repeat some ten times."""
    every = max(1, epochs // PLAIN_LINES_PER_REPEAT)
    epoch = event.content["epoch"] if event.kind == "epoch" else 0
    if epoch and (epoch % every == 0 or epoch == epochs):
        text = f"repeat {event.repeat}  epoch {epoch}/{epochs}  {figures_text(event.content)}"
        console.print(text, markup=False, soft_wrap=True)


def figures_text(row: dict[str, Any]) -> str:
    """The figures of an epoch, short: loss, accuracy, their validation twins, learning rate."""
    names = {"loss": "loss", "accuracy": "acc", "val_loss": "val", "val_accuracy": "acc"}
    parts = [f"{short} {row[key]:.3f}" for key, short in names.items() if row.get(key) is not None]
    return " ".join([*parts, f"lr {row['learning_rate']:.0e}"])


def ended_text(event: "Event") -> str | None:
    """A line with rich markup on a warning or the end of a repeat; None for other events."""
    if event.kind == "note":
        return escape(event.error or "")
    if event.kind == "warning":
        return f"[yellow]{escape(printable(event.error or ''))}[/yellow]"
    if event.kind == "failed":
        return f"[red]repeat {event.repeat} failed:[/red] {escape(printable(event.error or ''))}"
    if event.kind == "interrupted":
        return f"[yellow]repeat {event.repeat} interrupted[/yellow]"
    if event.kind == "stopped":
        return (
            f"[yellow]repeat {event.repeat} stopped early:[/yellow] {escape(figure_in_words(event.content))}"
        )
    if event.kind != "done":
        return None
    metrics = {name: figures for name, figures in event.content["metrics"].items() if figures}
    shown = "  ".join(f"{name} {100 * figures['accuracy']:.2f} %" for name, figures in metrics.items())
    seconds = clock(sum(event.content["seconds"].values()))
    return f"[green]repeat {event.repeat} done[/green] in {seconds}: accuracy {shown}"


def clock(seconds: float) -> str:
    """Seconds as 1:02:03 or 2:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
