"""A report of runs as a document: one section for each run or pool, and before them their comparison."""

from cnnlab.errors import first_few
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
    names = list(dict.fromkeys(report.run.name for report in found.reports))
    comparison = [comparison_section(found.comparison)] if found.comparison is not None else []
    return Document(first_few(names, MOST_NAMED), (*comparison, *runs), found.notes)
