"""TensorBoard event files in the run folder, written without TensorFlow."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cnnlab.loggers.base import Logger, RunInfo, figures, final_figures, logger

FOLDER = "tensorboard"


@logger(package="tensorboard", extra="tensorboard")
def tensorboard() -> Logger:
    """Writes event files into the run folder, one folder per repeat: tensorboard --logdir runs."""
    return TensorBoard()


class TensorBoard(Logger):
    """The columns of metrics.csv as scalars over epochs, and at the end the final metrics as final/test_accuracy."""

    def start(self, run: RunInfo) -> None:
        self.folder = run.folder / FOLDER
        self.files: dict[int, EventFile] = {}

    def start_repeat(self, repeat: int) -> None:
        self.files[repeat] = EventFile(self.folder / f"repeat-{repeat}")

    def epoch(self, repeat: int, row: Mapping[str, float | int | None]) -> None:
        self.files[repeat].write(int(row["epoch"] or 0), figures(row).items())

    def end_repeat(self, repeat: int, status: str, result: Mapping[str, Any] | None) -> None:
        file = self.files.pop(repeat, None)
        if file is None:
            return
        if result is not None:
            final = [(f"final/{name}", value) for name, value in final_figures(result)]
            file.write(int(result.get("epochs") or 0), final)
        file.close()

    def end(self, status: str) -> None:
        for file in self.files.values():
            file.close()


class EventFile:
    """One event file, in the format of TFRecord; each write can be read at once."""

    def __init__(self, folder: Path) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.summary.writer.record_writer import RecordWriter

        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"events.out.tfevents.{time.time_ns() / 1e9:.6f}.cnnlab"
        self.records = RecordWriter(self.path.open("xb"))
        self._write(Event(wall_time=time.time(), file_version="brain.Event:2"))

    def write(self, step: int, scalars: Iterable[tuple[str, float]]) -> None:
        """Add numbers under their names at one step; single precision, as TensorBoard stores them."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        values = [Summary.Value(tag=name, simple_value=value) for name, value in scalars]
        self._write(Event(wall_time=time.time(), step=step, summary=Summary(value=values)))

    def close(self) -> None:
        self.records.close()

    def _write(self, event: Any) -> None:
        self.records.write(event.SerializeToString())
        self.records.flush()
