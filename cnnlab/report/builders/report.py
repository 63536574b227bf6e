"""A report of runs as a document: one section for each run or pool, and before them their comparison."""

from collections.abc import Sequence

from cnnlab.report.builders.comparison import comparison_section
from cnnlab.report.builders.run import run_section
from cnnlab.report.document import Document
from cnnlab.report.gather import Gathered

MOST_NAMED = 3


def build_report(found: Gathered) -> Document:
    """Return the document of everything that was gathered."""
    several, compared = len(found.reports) > 1, found.comparison is not None
    runs = [
        run_section(report, number=number if several else 0, compared=compared)
        for number, report in enumerate(found.reports, start=1)
    ]
    comparison = [comparison_section(found.comparison)] if found.comparison is not None else []
    return Document(_title([report.run.name for report in found.reports]), (*comparison, *runs), found.notes)


def _title(names: Sequence[str]) -> str:
    different = list(dict.fromkeys(names))
    more = f" and {len(different) - MOST_NAMED} more" if len(different) > MOST_NAMED else ""
    return ", ".join(different[:MOST_NAMED]) + more
