"""The rows and columns of a CSV file of predictions: the usual ones, those of ``--format``, or those of ``--like``."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnlab.errors import ConfigError
from cnnlab.positive_class import POSITIVE, positive_class
from cnnlab.predict.columns import (
    CsvColumn,
    Names,
    columns_of,
    image_ids,
    require_columns,
    usual_columns,
)
from cnnlab.predict.row_order import row_order
from cnnlab.predict.sample import Sample, columns_like, read_sample


@dataclass(frozen=True)
class Layout:
    """What is asked for, before the images are known. columns: None for the usual ones."""

    class_names: Names
    columns: tuple[CsvColumn, ...] | None
    sample: Sample | None
    with_probabilities: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class CsvTable:
    """Which images stand in the rows, in order, int64 (rows,), and what each is called; and the columns."""

    columns: tuple[CsvColumn, ...]
    positions: np.ndarray
    ids: Sequence[Any]
    notes: tuple[str, ...]


def layout_of(form: str | None, like: Path | None, with_probabilities: bool, class_names: Names) -> Layout:
    """The layout that ``--format``, ``--like`` and ``--probabilities`` ask for.

    Raises ConfigError where they do not fit together or not with the classes, DataError for an unreadable sample.
    """
    if with_probabilities and (form is not None or like is not None):
        raise ConfigError(
            "--probabilities adds to the usual columns: in --format, name columns such as p_"
            f"{class_names[-1]} in its place."
        )
    if like is not None:
        sample = read_sample(like)
        columns, notes = columns_like(sample, form, class_names)
        return Layout(class_names, columns, sample, False, tuple(notes))
    if form is not None:
        columns = columns_of(form, class_names)
        return Layout(class_names, columns, None, False, _label_note(columns, class_names))
    return Layout(class_names, None, None, with_probabilities, ())


def _label_note(columns: Sequence[CsvColumn], class_names: Names) -> tuple[str, ...]:
    """A note on a column called label, which some pages want to hold something else."""
    positive = positive_class(class_names)
    if positive is None or CsvColumn("label", "label") not in columns:
        return ()
    return (
        f"'label' holds names of classes; where a page wants the probability of '{positive}' (class {POSITIVE}) "
        "there, as that of Kaggle's Histopathologic Cancer Detection does, write label=probability.",
    )


def table_of(layout: Layout, index: Sequence[int], files: Names | None) -> CsvTable:
    """The table for images at the places `index` of their data set, in files of these names or in an array.

    Raises ConfigError or DataError where they do not suit the layout.
    """
    ids = index if layout.columns is None else image_ids(index, files)
    columns = layout.columns or usual_columns(
        layout.class_names, with_probabilities=layout.with_probabilities, with_files=files is not None
    )
    if layout.sample is None:
        require_columns(columns, ids, files)
        return CsvTable(columns, np.arange(len(index)), ids, layout.notes)
    require_columns([column for column in columns if column.content != "id"], ids, files)
    positions, notes = row_order(layout.sample, index, files)
    return CsvTable(columns, positions, layout.sample.ids, (*notes, *layout.notes))
