"""The display of a run: bars in a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from cnnlab.executors.base import Event

PLAIN_LINES_PER_REPEAT = 10


@contextmanager
def display(plan: Any, console: "Console") -> Iterator[Callable[["Event"], None]]:
    """Show what happens while the body runs; yields the function that takes the events.

    `plan` is a `cnnlab.experiments.run.Plan`.
    """
    _announce(plan, console)
    if console.is_terminal and not console.quiet:
        from rich.live import Live

        bars = Bars(plan)
        with Live(bars, console=console, refresh_per_second=4, transient=True) as live:
            yield lambda event: bars.hear(event, live.console)
    else:
        yield Lines(plan, console).hear


def _announce(plan: Any, console: "Console") -> None:
    from rich.markup import escape

    training = plan.config.training
    console.print(f"[bold]{escape(plan.config.name)}[/bold] on {escape(plan.data.title)}")
    if plan.request.bundled_for:
        console.print(f"[yellow]The bundled data stand in for '{escape(plan.request.bundled_for)}'.[/yellow]")
    repeats, threads = _count(len(plan.waiting), "repeat"), _count(training.threads, "thread")
    side_by_side = f"{plan.jobs} side by side, " if len(plan.waiting) > 1 else ""
    where = {"local": "", "ray": "on Ray, ", "slurm": "on SLURM, "}[plan.request.executor.name]
    console.print(f"{repeats} of {_count(training.epochs, 'epoch')}; {where or side_by_side}{threads} each\n")


class Lines:
    """One line now and then, for logs and pipes."""

    def __init__(self, plan: Any, console: "Console") -> None:
        self.console = console
        self.epochs = plan.config.training.epochs
        self.every = max(1, self.epochs // PLAIN_LINES_PER_REPEAT)

    def hear(self, event: "Event") -> None:
        if event.kind == "epoch":
            epoch = event.content["epoch"]
            if epoch % self.every == 0 or epoch == self.epochs:
                figures = figures_text(event.content)
                self.console.print(
                    f"repeat {event.repeat}  epoch {epoch}/{self.epochs}  {figures}",
                    markup=False,
                    soft_wrap=True,
                )
        else:
            told = told_text(event)
            if told:
                self.console.print(told)


class Bars:
    """A bar for the whole run and one for each repeat that is training."""

    def __init__(self, plan: Any) -> None:
        self.epochs = plan.config.training.epochs
        self.repeats = len(plan.waiting)
        self.rows: dict[int, dict[str, Any]] = {}
        self.finished = 0
        self.started = time.monotonic()

    def hear(self, event: "Event", console: "Console") -> None:
        """Take an event; what ended a repeat is printed above the bars, and stays."""
        if event.kind == "epoch":
            self.rows[event.repeat or 0] = event.content
        elif event.kind == "started":
            self.rows[event.repeat or 0] = {"epoch": 0}
        elif event.kind != "warning" and event.repeat is not None:
            self.rows.pop(event.repeat, None)
            self.finished += 1
        told = told_text(event)
        if told:
            console.print(told)

    def __rich__(self) -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        table = Table.grid(padding=(0, 1))
        table.add_column(no_wrap=True)
        table.add_column(width=16)
        table.add_column(no_wrap=True, overflow="ellipsis")
        done = self.finished + sum(row["epoch"] / self.epochs for row in self.rows.values())
        table.add_row("all", ProgressBar(total=self.repeats, completed=done, width=16), self._time_left(done))
        for repeat, row in sorted(self.rows.items()):
            bar = ProgressBar(total=self.epochs, completed=row["epoch"], width=16)
            state = (
                f"{row['epoch']}/{self.epochs} {figures_text(row)}"
                if row["epoch"]
                else "building the network"
            )
            table.add_row(f"repeat {repeat}", bar, state)
        return table

    def _time_left(self, done: float) -> str:
        elapsed = time.monotonic() - self.started
        text = f"{self.finished}/{self.repeats} repeats, {clock(elapsed)}"
        return f"{text}, {clock(elapsed * (self.repeats - done) / done)} left" if done > 0.02 else text


def figures_text(row: dict[str, Any]) -> str:
    """The figures of an epoch, short: loss, accuracy, their validation twins, learning rate."""
    names = {"loss": "loss", "accuracy": "acc", "val_loss": "val", "val_accuracy": "acc"}
    parts = [f"{short} {row[key]:.3f}" for key, short in names.items() if row.get(key) is not None]
    return " ".join([*parts, f"lr {row['learning_rate']:.0e}"])


def told_text(event: "Event") -> str | None:
    """What a person should read of an event, as a line with rich markup; None where there is nothing."""
    from rich.markup import escape

    from cnnlab.cli.complaints import harmless

    if event.kind == "warning":
        return f"[yellow]{escape(harmless(event.error or ''))}[/yellow]"
    if event.kind == "failed":
        return f"[red]repeat {event.repeat} failed:[/red] {escape(harmless(event.error or ''))}"
    if event.kind == "interrupted":
        return f"[yellow]repeat {event.repeat} interrupted[/yellow]"
    if event.kind == "stopped":
        from cnnlab.runs.races import figure_in_words

        figure = escape(figure_in_words(event.content))
        return f"[yellow]repeat {event.repeat} stopped early:[/yellow] {figure}"
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


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
