"""``cnnlab runs show``: what a folder tells of a run, on one page."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.files import plain
from cnnlab.report.numbers import counted, metric_label, one_line, show
from cnnlab.report.terminal.tables import STATUS_STYLES
from cnnlab.report.titles import data_marker
from cnnlab.runs.read import Run
from cnnlab.runs.remove import size_of

PACKAGES = ("keras", "tensorflow", "numpy")
SHOWN = (("validation", "accuracy"), ("test", "accuracy"), ("test", "loss"))


def run_page(run: Run) -> RenderableType:
    """Return heading, facts, the table of repeats, files and notes."""
    marker = data_marker(run)
    heading = Text.assemble(
        (one_line(run.name), "bold"),
        (f" [{marker}]" if marker else "", "yellow"),
        "  ",
        (one_line(run.status), STATUS_STYLES.get(run.status, "yellow")),
    )
    grid = _grid()
    for label, text in _facts(run):
        grid.add_row(label, Text(text))
    parts: list[RenderableType] = [heading, grid]
    if run.repeats:
        parts += [Text(), _repeats(run)]
    notes = _grid()
    for note in (*_errors(run), *run.notes):
        notes.add_row("note", Text(one_line(note), style="yellow"))
    parts += [Text(), _files(run)]
    if notes.row_count:
        parts += [Text(), notes]
    return Group(*parts)


def run_to_json(run: Run) -> dict[str, Any]:
    """Return all of it as plain data, config and environment whole."""
    return dict(
        plain(
            {
                "path": run.path.resolve(),
                "name": run.name,
                "kind": run.kind,
                "status": run.status,
                "started": run.started,
                "ended": run.ended,
                "config": run.config,
                "environment": run.environment,
                "repeats": [
                    {
                        "repeat": one.k,
                        "status": one.status,
                        "error": one.error,
                        "result": one.result if one.finished else None,
                    }
                    for one in run.repeats
                ],
                "notes": run.notes,
                "bytes": size_of(run.path),
            }
        )
    )


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    environment = run.environment
    yield "folder", one_line(run.path.resolve())
    yield "kind", run.kind
    yield "started", one_line(run.started or "unknown")[:19].replace("T", " ") + _duration(run)
    if run.kind == "train" or run.data.model_fields_set:
        source = run.data.source
        yield "data", one_line(run.data_title) + (f" ({one_line(source)})" if source else "")
    yield from (("", one_line(note)) for note in run.data_notes)
    yield "command", one_line(environment.command or "unknown")
    versions = [("cnnlab", environment.cnnlab), ("Python", environment.python)]
    versions += [(name, environment.packages.get(name)) for name in PACKAGES]
    yield "versions", ", ".join(f"{name} {one_line(v)}" for name, v in versions if v) or "unknown"
    where = [environment.host, environment.machine.cpu, _threads(environment.layout.threads)]
    yield "machine", ", ".join(one_line(part) for part in where if part) or "unknown"
    git = environment.git
    if git.commit:
        yield "git", one_line(git.commit)[:12] + (", with uncommitted changes" if git.dirty else "")


def _threads(threads: int | None) -> str:
    return "" if threads is None else f"{counted(threads, 'thread')} a repeat"


def _duration(run: Run) -> str:
    """How long it took, where both ends are known."""
    try:
        begun, ended = (datetime.fromisoformat(text or "") for text in (run.started, run.ended))
        seconds = round((ended - begun).total_seconds())
    except (ValueError, TypeError):
        return ""
    return f", took {seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" if seconds >= 0 else ""


def _repeats(run: Run) -> Table:
    """One line per repeat."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    present = [key for key in SHOWN if any(key[1] in one.metrics(key[0]) for one in run.repeats)]
    for heading in ("repeat", "seed", "status", "epochs", "best"):
        table.add_column(heading, justify="left" if heading == "status" else "right", no_wrap=True)
    for split, metric in present:
        table.add_column(
            f"{'val' if split == 'validation' else split} {metric_label(metric)}", justify="right"
        )
    for one in run.repeats:
        epochs = one.result.epochs or len(one.history.get("epoch", ())) or None
        cells = (one.k, one.seed, one.status, epochs, one.result.best_epoch)
        figures = [show(metric, one.metrics(split).get(metric), None) for split, metric in present]
        table.add_row(*("" if cell is None else one_line(cell) for cell in cells), *figures)
    return table


def _files(run: Run) -> Table:
    """The entries of the folder with their sizes."""
    table = _grid()
    try:
        entries = sorted(path for path in run.path.iterdir() if not path.name.startswith("."))
    except OSError:
        entries = []
    for number, path in enumerate(entries):
        size = size_of(path) if path.is_dir() else path.lstat().st_size
        name = f"{one_line(path.name)}{'/' if path.is_dir() else ''}"
        table.add_row("" if number else "files", Text(f"{name:<22} {size / 1000:>12,.1f} kB"))
    return table


def _errors(run: Run) -> Iterator[str]:
    for repeat in run.repeats:
        if repeat.error:
            yield f"repeat {repeat.k}: {repeat.error}"


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="dim", width=8)
    grid.add_column(overflow="fold")
    return grid
