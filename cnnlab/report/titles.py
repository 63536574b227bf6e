"""What stands over a figure: the run, the data really used, and a mark where they stand in for others."""

from cnnlab.positive_class import positive_sentence
from cnnlab.runs.read import Run


def subtitle(run: Run, *details: str) -> str:
    """Return `details` and the data's title, marked first when bundled data stand in for others."""
    marker = data_marker(run)
    return " · ".join([*([f"{marker[0].upper()}{marker[1:]}"] if marker else []), *details, run.data.name])


def name_and_data(run: Run) -> str:
    """Return what a table's caption begins with: the run's name, and the data that its figures come from."""
    return f"{run.name} on {run.data.name}"


def positive_note(*runs: Run | None) -> str:
    """Which of two classes is the positive one, of those runs that have two; empty where none has."""
    names = [run.positive_class for run in runs if run is not None]
    different = list(dict.fromkeys(name for name in names if name is not None))
    if len(different) > 1:
        return f"The positive classes differ: {' and '.join(different)}, each of its own run."
    return f"Positive class: {positive_sentence(different[0])}" if different else ""


def data_marker(run: Run) -> str:
    """Return the words that mark results from data that stand in for those the config names; else empty."""
    replaced = run.data.bundled_for
    return f"bundled data, not {replaced}" if replaced else ""
