"""``cnnlab runs list``: one line per run, at 80 columns and wider."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.report.numbers import counted, decimals_of, is_percent, one_line, show
from cnnlab.runs.overview import Headline, Overview, start_of

STYLES = {"done": "green", "running": "cyan", "failed": "red", "damaged": "red"}
SHORT = {"validation": "val"}
MOST_NAMES = 3


def run_list(overviews: Sequence[Overview]) -> RenderableType:
    """Return the table of runs, in the order given, and below it what is odd about some."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("name", overflow="fold", min_width=16)
    table.add_column("started", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("done", justify="right", no_wrap=True)
    table.add_column("result", overflow="fold", min_width=14)
    table.add_column("data", overflow="fold")
    for one in overviews:
        style = STYLES.get(one.status, "yellow")
        count = f"{one.done}/{one.planned}" if one.planned else ""
        cells = (count, _result(one), _data(one))
        name, status = Text(one_line(one.name)), Text(one_line(one.status), style=style)
        table.add_row(name, _started(one), status, *map(Text, cells))
    return Group(table, *_notes(overviews))


def show_headline(headline: Headline) -> str:
    """Return "91.65 ± 0.80 %" for a test accuracy; other splits by their name: "val 80.2 %"."""
    metric = headline.metric
    decimals = decimals_of(metric, headline.sd)
    figure = show(metric, headline.mean, decimals)
    spread = (
        ""
        if headline.sd is None
        else f" ± {'0' if headline.sd == 0 else show(metric, headline.sd, decimals)}"
    )
    split = "" if headline.split == "test" else f"{SHORT.get(headline.split, headline.split)} "
    return f"{split}{figure}{spread}{' %' if is_percent(metric) else ''}"


def _notes(overviews: Sequence[Overview]) -> Iterator[Text]:
    """One line per oddity, with the folders that have it."""
    folders: dict[str, list[str]] = {}
    for one in overviews:
        for note in one.notes:
            folders.setdefault(note, []).append(one.path.name)
    if folders:
        yield Text()
    for note, names in folders.items():
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        text = f"{one_line(note)}: {', '.join(map(one_line, names[:MOST_NAMES]))}{more}"
        yield Text(text, style="yellow")


def _result(one: Overview) -> str:
    if one.kind == "verify":
        return {True: "agrees", False: "DIFFERENT", None: ""}[one.passed]
    if one.cells is not None:
        return f"sweep, {counted(one.cells, 'cell')}"
    return show_headline(one.headline) if one.headline else ""


def _started(one: Overview) -> str:
    start = start_of(one)
    return f"{start:%Y-%m-%d %H:%M}" if start else ""


def _data(one: Overview) -> str:
    data = one_line(one.dataset or "")
    return f"{data}, not {one_line(one.bundled_for)}" if one.bundled_for else data
