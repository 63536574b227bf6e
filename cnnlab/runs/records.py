"""Runs as tables: one flat record per repeat, or per epoch, for CSV, data frames and programs."""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from cnnlab.dotted_keys import flatten
from cnnlab.errors import ConfigError, describe, printable
from cnnlab.files import plain
from cnnlab.runs.record import as_number
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.run_data import RepeatResult, RunData

Per = Literal["repeat", "epoch"]
Row = dict[str, Any]
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet's formula may begin


def records(runs: Sequence[RunData], per: Per = "repeat") -> list[Row]:
    """Return one record per repeat, or per epoch; see below."""
    if per not in ("repeat", "epoch"):
        raise ConfigError(f"A table has one row per 'repeat' or 'epoch', got {describe(per)}.")
    return repeat_records(runs) if per == "repeat" else epoch_records(runs)


def to_dataframe(runs: Sequence[RunData], per: Per = "repeat") -> Any:
    """Return the records as a pandas DataFrame, nan where a value is missing."""
    try:
        import pandas
    except ImportError:
        raise ImportError(
            "to_dataframe needs pandas, which is not installed here: pip install 'cnnlab[pandas]', or take records(), "
            "which gives the same as plain dicts."
        ) from None
    rows = records(runs, per)
    return pandas.DataFrame(rows, columns=columns_of(rows))


def repeat_records(runs: Sequence[RunData]) -> list[Row]:
    """Return one record per repeat, unfinished ones included, with the final metrics as ``test_accuracy`` etc.

    With several runs each record also has the config's keys in which they differ, as ``config.training.epochs``.
    """
    varied = varied_keys([run.config for run in runs])
    records = []
    for run in runs:
        flat = flatten(run.config)
        config = {f"config.{key}": flat.get(key) for key in varied}
        records += [{**_of_run(run), **_of_repeat(repeat), **config} for repeat in run.repeats]
    return records


def epoch_records(runs: Sequence[RunData]) -> list[Row]:
    """Return one record per epoch of each repeat: the columns of its metrics.csv, None where not measured."""
    records: list[Row] = []
    for run in runs:
        for repeat in run.repeats:
            columns = repeat.history
            which = {"run": printable(run.path.name), "name": run.name, "repeat": repeat.k}
            for values in zip(*columns.values(), strict=True):
                row = dict(zip(columns, values, strict=True))
                epoch = row.get("epoch")
                whole = None if epoch is None or not math.isfinite(epoch) else int(epoch)
                records.append({**which, **row, "epoch": whole})
    return records


def to_csv(records: Sequence[Row]) -> str:
    """Return records as CSV with a header; a cell is empty where a record lacks the column, or has None.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    buffer = io.StringIO()
    columns = columns_of(records)
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(_harmless, columns))
    writer.writerows([_harmless(record.get(column, "")) for column in columns] for record in records)
    return buffer.getvalue()


def _harmless(value: Any) -> Any:
    text = isinstance(value, str) and value[:1] in FORMULA and as_number(value) is None
    return f"'{value}" if text else plain(value)


def columns_of(records: Iterable[Row]) -> list[str]:
    """Return every key of any record, in the order in which they first appear."""
    return list(dict.fromkeys(key for record in records for key in record))


def varied_keys(configs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the flat keys whose value is not the same in all configs, but for the name."""
    flats = [flatten(config) if config else {} for config in configs]
    keys = dict.fromkeys(key for flat in flats for key in flat if key != "name")
    return [key for key in keys if any(flat.get(key, ...) != flats[0].get(key, ...) for flat in flats)]


def _of_run(run: RunData) -> Row:
    return {
        "run": printable(run.path.name),
        "name": run.name,
        "kind": run.kind,
        "run_status": run.status,
        "started": run.started,
        "dataset": run.data.dataset,
        "bundled_for": run.data.bundled_for,
        "experiment_hash": run.environment.experiment_hash,
    }


def _of_repeat(repeat: RepeatResult) -> Row:
    result = repeat.result
    seconds = [value for value in result.seconds.values() if value is not None]
    row: Row = {
        "repeat": repeat.k,
        "seed": repeat.seed,
        "status": repeat.status,
        "error": repeat.error,
        "epochs": result.epochs,
        "best_epoch": result.best_epoch,
        "chosen_by": result.chosen_by,
        "seconds": sum(seconds) if seconds else None,
    }
    for split in SPLIT_NAMES:
        row |= {f"{split}_{name}": value for name, value in repeat.metrics(split).items()}
    return row
