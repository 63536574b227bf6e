"""What stands over a figure: the run, the data really used, and a mark where they stand in for others."""

from cnnlab.runs.read import Run


def subtitle(run: Run, *details: str) -> str:
    """Return `details` and the data's title, marked first when bundled data stand in for others."""
    marker = data_marker(run)
    return " · ".join([*([f"{marker[0].upper()}{marker[1:]}"] if marker else []), *details, run.data.name])


def name_and_data(run: Run) -> str:
    """Return what a table's caption begins with: the run's name, and the data that its figures come from."""
    return f"{run.name} on {run.data.name}"


def data_marker(run: Run) -> str:
    """Return the words that mark results from data that stand in for those the config names; else empty."""
    replaced = run.data.bundled_for
    return f"bundled data, not {replaced}" if replaced else ""
