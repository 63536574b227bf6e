"""Where the cells of a sweep stand, as a table and as JSON."""

from pathlib import Path
from typing import Any

from cnnlab.report.builders.run_list import cells_table
from cnnlab.report.render.terminal import print_paths, print_table
from cnnlab.runs.overview import overview
from cnnlab.runs.sweeps import CellState, cell_state, has_begun, read_sweep


def asked_states(folder: Path) -> tuple[list[CellState], int]:
    """Where the cells of a sweep stand that were last asked for, and how many repeats each has."""
    index = read_sweep(folder)
    asked = index.cells[: index.asked]
    return [cell_state(folder, cell, index.repeats) for cell in asked], len(index.repeats)


def states_to_json(states: Any, repeats: int) -> dict[str, Any]:
    """Where the cells stand, as plain data."""
    cells = [
        {
            "label": state.entry.label,
            "values": state.entry.values,
            "hash": state.entry.hash,
            "run": state.path.resolve(),
            "status": state.status,
            "done": state.done,
            "errors": state.errors,
            "stopped": state.stopped,
        }
        for state in states
    ]
    return {"repeats": repeats, "cells": cells}


def print_states(folder: Path, states: Any, repeats: int, screen: Any) -> None:
    """Print the table of cells with their results so far, and the sweep's folder."""
    begun = [overview(state.path) if has_begun(state.path) else None for state in states]
    print_table(cells_table(states, repeats, [one.headline if one else None for one in begun]), screen)
    screen.print()
    print_paths([folder], screen)
