"""The cells of a sweep, one a line: what was tried, where it stands, what came out."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from cnnlab.report.numbers import one_line
from cnnlab.report.terminal.run_list import STYLES, show_headline
from cnnlab.runs.overview import Headline
from cnnlab.runs.sweeps import CellState


def cells_table(
    states: Sequence[CellState], repeats: int, headlines: Sequence[Headline | None] = ()
) -> Table:
    """Return the table of cells, in the order given; without `headlines` there is no column of results."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("#", justify="right", no_wrap=True)
    table.add_column("cell", overflow="fold", min_width=16)
    table.add_column("status", no_wrap=True)
    table.add_column("done", justify="right", no_wrap=True)
    if headlines:
        table.add_column("result", no_wrap=True)
    for number, state in enumerate(states, start=1):
        status = Text(one_line(state.status), style=STYLES.get(state.status, "yellow"))
        cells = [Text(str(number)), Text(one_line(state.entry.label)), status]
        cells.append(Text(f"{state.done}/{repeats}"))
        if headlines:
            headline = headlines[number - 1]
            result = show_headline(headline) if headline else ""
            cells.append(Text(str(state.entry.stopped) if state.status == "stopped" else result))
        table.add_row(*cells)
    return table
