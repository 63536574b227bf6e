"""``cnnlab runs list``: one line per run, and one per cell of a sweep."""

from collections.abc import Iterator, Sequence

from cnnlab.errors import counted, first_few
from cnnlab.report.document import Cell, Cells, Column, Table, Text, make_table, status_tone
from cnnlab.report.numbers import mean_sd
from cnnlab.runs.measures import is_percent
from cnnlab.runs.overview import Headline, Overview, start_of
from cnnlab.runs.sweeps import CellState

SHORT = {"validation": "val"}
VERDICTS: dict[str, dict[bool | None, str]] = {
    "verify": {True: "agrees", False: "DIFFERENT", None: ""},
    "judge": {True: "passed", False: "failed", None: ""},
}
MOST_NAMES = 3
RUNS = (
    *(Column("name", "left", key=True, least=16), Column("started", "left"), Column("status", "left")),
    *(Column("done"), Column("result", "left", least=14), Column("data", "left", least=8)),
)
CELLS = (Column("#", key=True), Column("cell", "left", key=True), Column("status", "left"), Column("done"))


def run_list(overviews: Sequence[Overview]) -> Table:
    """Return the table of runs, in the order given."""
    rows: list[Cells] = [
        [
            one.name,
            _started(one),
            Cell(one.status, one.status, status_tone(one.status)),
            f"{one.done}/{one.planned}" if one.planned else "",
            _result(one),
            f"{one.dataset or ''}, not {one.bundled_for}" if one.bundled_for else one.dataset or "",
        ]
        for one in overviews
    ]
    return make_table("runs", "Runs", RUNS, rows)


def run_list_texts(overviews: Sequence[Overview]) -> Iterator[Text]:
    """What is odd about some runs: one text per oddity, with the folders that have it."""
    folders: dict[str, list[str]] = {}
    for one in overviews:
        for note in one.notes:
            folders.setdefault(note, []).append(one.path.name)
    for note, names in folders.items():
        yield Text("note", f"{note}: {first_few(names, MOST_NAMES)}", "warning")


def cells_table(
    states: Sequence[CellState], repeats: int, headlines: Sequence[Headline | None] = ()
) -> Table:
    """Return the table of a sweep's cells: where each stands; without `headlines` there is no column of results."""
    rows: list[Cells] = []
    for number, state in enumerate(states, start=1):
        status = Cell(state.status, state.status, status_tone(state.status))
        row: Cells = [str(number), state.entry.label, status, f"{state.done}/{repeats}"]
        if headlines:
            headline = headlines[number - 1]
            result = show_headline(headline) if headline else ""
            row.append(str(state.entry.stopped) if state.status == "stopped" else result)
        rows.append(row)
    columns = (*CELLS, Column("result", "left")) if headlines else CELLS
    return make_table("cells", "Cells", columns, rows)


def show_headline(headline: Headline) -> str:
    """Return "91.65 ± 0.80 %" for a test accuracy; other splits by their name: "val 80.2 %"."""
    mean, sd = mean_sd(headline.metric, headline.mean, headline.sd)
    split = "" if headline.split == "test" else f"{SHORT.get(headline.split, headline.split)} "
    figure = f"{split}{mean}{f' ± {sd}' if sd else ''}"
    return f"{figure} %" if is_percent(headline.metric) else figure


def _result(one: Overview) -> str:
    if one.kind in VERDICTS:
        return VERDICTS[one.kind][one.passed]
    if one.cells is not None:
        return f"sweep, {counted(one.cells, 'cell')}"
    return show_headline(one.headline) if one.headline else ""


def _started(one: Overview) -> str:
    start = start_of(one)
    return f"{start:%Y-%m-%d %H:%M}" if start else ""
