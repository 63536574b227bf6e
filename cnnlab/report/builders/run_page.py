"""``cnnlab runs show``: what a folder holds about a run, on one page."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cnnlab.errors import counted
from cnnlab.files import plain
from cnnlab.report.builders.audit import audit_texts
from cnnlab.report.document import Cell, Cells, Column, Section, Table, Text, make_table
from cnnlab.report.numbers import metric_label, show
from cnnlab.report.titles import data_marker
from cnnlab.runs.audit import audit_of
from cnnlab.runs.read import Run
from cnnlab.runs.remove import size_of

PACKAGES = ("keras", "tensorflow", "numpy")
SHOWN = (("validation", "accuracy"), ("test", "accuracy"), ("test", "loss"))


def run_page(run: Run) -> Section:
    """Return heading, facts, the table of repeats, files and notes."""
    repeats = [repeats_table(run)] if run.repeats else []
    notes = (*_errors(run), *run.notes)
    return Section(
        title=run.name,
        marker=data_marker(run),
        status=run.status,
        facts=tuple(_facts(run)),
        tables=(*repeats, files_table(run)),
        texts=tuple(Text("note", note, "warning") for note in notes),
    )


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


def _facts(run: Run) -> Iterator[Text]:
    environment, data = run.environment, run.data
    yield Text("folder", str(run.path.resolve()))
    yield Text("kind", run.kind)
    yield Text("started", (run.started or "unknown")[:19].replace("T", " ") + _duration(run))
    if run.kind == "train" or data.model_fields_set:
        yield Text("data", run.data.name + (f" ({data.source})" if data.source else ""))
    yield from (Text("", note) for note in run.data.notes)
    audit, _ = audit_of(run.path, run.data.sha256) or (None, None)
    yield from audit_texts(audit)
    yield Text("command", environment.command or "unknown")
    versions = [("cnnlab", environment.cnnlab), ("Python", environment.python)]
    versions += [(name, environment.packages.get(name)) for name in PACKAGES]
    yield Text(
        "versions", ", ".join(f"{name} {version}" for name, version in versions if version) or "unknown"
    )
    where = [environment.host, environment.machine.cpu, _threads(environment.layout.threads)]
    yield Text("machine", ", ".join(part for part in where if part) or "unknown")
    git = environment.git
    if git.commit:
        yield Text("git", git.commit[:12] + (", with uncommitted changes" if git.dirty else ""))


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


def repeats_table(run: Run) -> Table:
    """One row per repeat: its seed, how long it trained, and the metrics that matter most."""
    present = [key for key in SHOWN if any(key[1] in one.metrics(key[0]) for one in run.repeats)]
    columns = [Column("repeat", key=True), Column("seed"), Column("status", "left")]
    columns += [Column("epochs"), Column("best")]
    columns += [Column(f"{'val' if s == 'validation' else s} {metric_label(m)}") for s, m in present]
    rows: list[Cells] = []
    for one in run.repeats:
        epochs = one.result.epochs or len(one.history.get("epoch", ())) or None
        cells = (one.k, one.seed, one.status, epochs, one.result.best_epoch)
        figures = [show(metric, one.metrics(split).get(metric), None) for split, metric in present]
        rows.append([*("" if cell is None else Cell(str(cell), cell) for cell in cells), *figures])
    return make_table("repeats", "Repeats", columns, rows)


def files_table(run: Run) -> Table:
    """The entries of the folder with their sizes."""
    try:
        entries = sorted(path for path in run.path.iterdir() if not path.name.startswith("."))
    except OSError:
        entries = []
    rows: list[Cells] = []
    for path in entries:
        size = size_of(path) if path.is_dir() else path.lstat().st_size
        rows.append([f"{path.name}{'/' if path.is_dir() else ''}", Cell(f"{size / 1000:,.1f}", size)])
    return make_table("files", "Files", [Column("file", "left", key=True), Column("kB")], rows)


def _errors(run: Run) -> Iterator[str]:
    for repeat in run.repeats:
        if repeat.error:
            yield f"repeat {repeat.k}: {repeat.error}"
