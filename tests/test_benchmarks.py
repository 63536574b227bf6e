"""What the benchmarks share: measuring a command with all its processes, and judging a ratio that moved."""

import json
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

pytestmark = pytest.mark.heavy

FOLDER = REPOSITORY / "benchmarks"
BURN = (
    "import time; x = bytearray(60 << 20); e = time.process_time() + 1.2\nwhile time.process_time() < e: pass"
)


def in_benchmarks(code: str) -> object:
    """What `code`, run beside the benchmarks, prints as JSON: a process of its own, since measuring adopts orphans."""
    run = subprocess.run([sys.executable, "-c", code], cwd=FOLDER, capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux' /proc")
def test_a_process_that_is_left_behind_counts() -> None:
    leave = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN!r}])"
    code = (
        "import json, sys; from alternating import measure\n"
        f"left, stayed = measure([sys.executable, '-c', {leave!r}]), "
        f"measure([sys.executable, '-c', {BURN!r}], memory=True)\n"
        "print(json.dumps([left.cpu_seconds, stayed.cpu_seconds, stayed.seconds, stayed.megabytes]))"
    )
    left, stayed, seconds, megabytes = in_benchmarks(code)  # type: ignore[misc]
    assert min(left, stayed, seconds) >= 0.4
    assert 60 < megabytes < 200


def test_a_ratio_that_moved_is_named() -> None:
    cases = [
        ("mnist128_2025.wall", 4.0, 3.0),
        ("mnist128_2025.wall", 1.9, 3.0),
        ("mnist128_2025.wall", 6.0, 3.0),
        ("mnist128_2025.memory", 1.0, 1.6),
        ("overhead.epoch", 1.6, 1.0),
        ("startup.help", 9.0, 5.0),
    ]
    code = f"import json; from guard import judge; print(json.dumps([judge(*case, 1.5) for case in {cases}]))"
    assert in_benchmarks(code) == ["as before", "WORSE", "better", "better", "WORSE", "WORSE"]


def test_every_benchmark_of_the_guard_exists_and_is_stored() -> None:
    code = "import json, guard; print(json.dumps([guard.SHORT, json.loads(guard.STORED.read_text())]))"
    short, stored = in_benchmarks(code)  # type: ignore[misc]
    assert all((FOLDER / script).is_file() for script, *_ in short.values())
    assert {name.partition(".")[0] for name in stored} <= set(short)


def test_arithmetic_is_counted_where_it_happens() -> None:
    code = (
        "import json; from types import SimpleNamespace as N; from training_parts import operations\n"
        "class Conv2D(N): pass\nclass Dense(N): pass\nclass MaxPooling2D(N): pass\n"
        "layers = [Conv2D(output=N(shape=(None, 28, 28, 4)), kernel=N(shape=(3, 3, 1, 4))),\n"
        "    MaxPooling2D(output=N(shape=(None, 14, 14, 4))),\n"
        "    Conv2D(output=N(shape=(None, 14, 14, 8)), kernel=N(shape=(3, 3, 4, 8))),\n"
        "    Dense(output=N(shape=(None, 10)), kernel=N(shape=(392, 10)))]\n"
        "print(json.dumps(operations(N(layers=layers))))"
    )
    assert in_benchmarks(code) == 2 * (784 * 36 + 196 * 288 + 3920)
