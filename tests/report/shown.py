"""A report as a person would see it."""

import io

from rich.console import Console

from cnnlab.report.builders.report import build_report
from cnnlab.report.gather import gather
from cnnlab.report.render.terminal import print_document


def report_of(*paths, **options):
    """The document of a report on run folders."""
    return build_report(gather(paths, **options))


def shown(document, width=80):
    """What the terminal shows, with the blanks at the ends of lines off."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_document(document, console)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())


def words(text):
    """The text on one line, wherever it was wrapped."""
    return " ".join(text.split())
