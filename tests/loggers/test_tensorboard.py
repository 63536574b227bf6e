"""Event files, read back with TensorBoard's own reader."""

import subprocess
import sys
import types
from typing import Any

import pytest

from cnnlab.loggers import RunInfo
from cnnlab.loggers.threads import Loggers
from tests.conftest import environment
from tests.loggers.conftest import RESULT, ROWS

pytest.importorskip("tensorboard")


@pytest.fixture
def scalars(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function from a folder of event files to {tag: [(step, value), ...]}, without TensorFlow."""
    monkeypatch.setitem(sys.modules, "tensorboard.compat.notf", types.ModuleType("notf"))
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    def read(folder: Any) -> dict[str, list[tuple[int, float]]]:
        events = EventAccumulator(str(folder))
        events.Reload()
        return {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}

    return read


def test_curves_and_final_metrics_of_each_repeat(run_info: RunInfo, item: Any, scalars: Any) -> None:
    """Where nothing was measured there is no point, and where it is not finite neither at the end."""
    warnings: list[str] = []
    loggers = Loggers([item("tensorboard")], run_info, warnings.append)
    for repeat in (0, 1):
        loggers.start_repeat(repeat)
    for row in ROWS:
        loggers.epoch(0, row)
    loggers.epoch(1, ROWS[0])
    loggers.end_repeat(0, "done", RESULT)
    loggers.end_repeat(1, "failed", None)
    loggers.close("partial")
    assert warnings == []
    first = scalars(run_info.folder / "tensorboard" / "repeat-0")
    assert first["loss"] == [(1, 2.5), (2, 1.25)]
    assert first["val_loss"] == [(2, 1.5)]
    assert [value for _, value in first["learning_rate"]] == pytest.approx([0.01, 0.005])
    final = {name: value for name, value in first.items() if name.startswith("final/")}
    assert final == {
        "final/train_loss": [(2, 1.0)],
        "final/train_accuracy": [(2, 0.75)],
        "final/validation_accuracy": [(2, 0.5)],
    }
    assert scalars(run_info.folder / "tensorboard" / "repeat-1")["loss"] == [(1, 2.5)]


def test_a_file_is_readable_while_the_run_goes_on(run_info: RunInfo, item: Any, scalars: Any) -> None:
    """Each epoch is flushed."""
    from cnnlab.loggers.tensorboard import EventFile

    file = EventFile(run_info.folder)
    file.write(1, [("loss", 0.5)])
    assert scalars(run_info.folder) == {"loss": [(1, 0.5)]}
    file.close()


def test_no_framework_is_imported(run_info: RunInfo) -> None:
    """TensorBoard's own package is enough."""
    code = (
        "import sys; from pathlib import Path; from cnnlab.loggers.tensorboard import EventFile\n"
        "EventFile(Path(sys.argv[1])).close(); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(run_info.folder)],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"tensorflow", "keras", "torch"} & set(done.stdout.split())
