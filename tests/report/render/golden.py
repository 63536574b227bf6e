"""The files of one small report, as they should be: `python -m tests.report.render.golden` writes them anew."""

import re
import tempfile
from datetime import datetime
from pathlib import Path

from cnnlab import __version__
from cnnlab.report.write import write_latex_report, write_report
from tests import fake_runs
from tests.report.shown import report_of, shown

FOLDER = Path(__file__).parent / "golden"


def golden_files(directory):
    """Return the text of each file of the report by its name; what differs between machines is cut out."""
    first = fake_runs.make_run(
        directory / "runs",
        accuracies=[0.90, 0.912, 0.931],
        failed=["killed"],
        epochs=6,
        now=datetime(2026, 11, 21),
    )
    second = fake_runs.make_run(
        directory / "runs",
        accuracies=[0.91, 0.93, 0.935],
        name="longer_run",
        epochs=9,
        now=datetime(2026, 11, 22),
        experiment="3" * 64,
    )
    for folder in (first, second):
        status = folder.status.path
        status.write_text(
            re.sub(r'"(started|ended)": "[^"]*"', r'"\1": "2026-11-21T12:00:00+00:00"', status.read_text())
        )
    document = report_of(first.path, second.path, side_by_side=True, notes=["a note"])
    written = write_report(document, directory / "out", ["html", "md", "tex", "csv", "json"])
    written += write_latex_report(document, directory / "out")
    (directory / "out/terminal.txt").write_text(f"{shown(report_of(first.path))}\n{shown(document)}\n")
    written.append(directory / "out/terminal.txt")
    texts = [path for path in written if path.suffix not in (".png", ".pdf")]
    return {
        str(path.relative_to(directory / "out")): _portable(path.read_text(), directory) for path in texts
    }


def _portable(text, directory):
    text = text.replace(str(directory), "DIRECTORY").replace(f"cnnlab {__version__}", "cnnlab VERSION")
    return re.sub(r"base64,[A-Za-z0-9+/=]+", "base64,DATA", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as elsewhere:
        for name, text in golden_files(Path(elsewhere)).items():
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_text(text)
