"""Offline runs of Weights & Biases, read back from their files; only where the package is installed."""

import struct
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

from cnnlab.loggers import RunInfo
from cnnlab.loggers.threads import Loggers
from tests.loggers.conftest import RESULT, ROWS

pytestmark = pytest.mark.filterwarnings("ignore")


def records_of(path: Path) -> list[Any]:
    """All records of one offline run's file: seven bytes, then LevelDB's log format in blocks of 32 KiB."""
    from wandb.proto.wandb_internal_pb2 import Record

    content, position, part, records = path.read_bytes(), 7, b"", []
    while position + 7 <= len(content):
        rest = 2**15 - position % 2**15
        if rest < 7:
            position += rest
            continue
        _, length, kind = struct.unpack_from("<IHB", content, position)
        part += content[position + 7 : position + 7 + length]
        position += 7 + length
        if kind in (1, 4):  # the whole record, or its last part
            records.append(Record.FromString(part))
            part = b""
    return records


def ended_records_of(path: Path, seconds: float = 30) -> list[Any]:
    """The same once the run's end is among them: W&B's own process writes the file a little later."""
    until = time.monotonic() + seconds
    while True:
        records = records_of(path)
        if any(record.HasField("exit") for record in records):
            return records
        assert time.monotonic() < until, f"{path} has no end"
        time.sleep(0.1)


def test_an_offline_run_for_each_repeat(run_info: RunInfo, item: Any) -> None:
    """In the run folder, grouped by it, with the epochs as steps."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("wandb")
    told: list[str] = []
    loggers = Loggers([item("wandb", project="mine")], run_info, told.append)
    for repeat in (0, 1):  # side by side
        loggers.start_repeat(repeat)
    for row in ROWS:
        loggers.epoch(0, row)
        loggers.epoch(1, row)
    loggers.end_repeat(0, "done", RESULT)
    loggers.close("interrupted", 60)
    assert told == [], told
    files = sorted((run_info.folder / "wandb").glob("offline-run-*/run-*.wandb"))
    assert len(files) == 2
    found = {}
    for file in files:
        records = ended_records_of(file)
        (run,) = [record.run for record in records if record.HasField("run")][:1]
        steps = [
            {item.key or item.nested_key[0]: item.value_json for item in record.history.item}
            for record in records
            if record.HasField("history")
        ]
        codes = [record.exit.exit_code for record in records if record.HasField("exit")]
        found[run.display_name] = (run, steps, codes)
        assert (run.project, run.run_group) == ("mine", run_info.folder.name)
    _, steps, codes = found[f"{run_info.folder.name} repeat 0"]
    assert [(step["_step"], step["loss"]) for step in steps] == [("1", "2.5"), ("2", "1.25")]
    assert codes == [0]
    assert found[f"{run_info.folder.name} repeat 1"][2] == [1]
