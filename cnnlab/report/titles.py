"""What stands over a figure: the run, the data really used, and a mark where they stand in for others."""

from cnnlab.report.tables import data_marker
from cnnlab.runs.read import Run


def subtitle(run: Run, *details: str) -> str:
    """Return `details` and the data's title, marked first when bundled data stand in for others."""
    marker = data_marker(run)
    return " · ".join([*([f"{marker[0].upper()}{marker[1:]}"] if marker else []), *details, run.data_title])
