"""The plots of a verify run, drawn from its arrays.npz."""

from pathlib import Path


def write_verify_plots(path: str | Path) -> list[Path]:
    """Write the plots of the run folder at `path`; returns what was written."""
    return []
