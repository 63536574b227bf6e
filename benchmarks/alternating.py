"""Shared by the benchmarks: run commands in turn, each with all its processes, and compare medians.

Reported of a command are wall time, processor time (user and system) of all processes it started, and on demand
their peak memory together, as proportional set size (PSS), which counts a page shared by n processes as 1/n each.
Linux only, as it reads /proc.
"""

import argparse
import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
CNNLAB = [sys.executable, "-m", "cnnlab"]
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Measurement:
    """What one run of a command took."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    output: str

    def value(self, word):
        """The number behind the last line of the output that starts with `word`."""
        lines = [line for line in self.output.splitlines() if line.startswith(word)]
        return float(lines[-1].split()[1])


def measure(command, *, memory=False, environment=None):
    """Run a command to its end, with every process that it leaves behind."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # orphans become ours, so that their time is counted
    variables = os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {})
    with tempfile.TemporaryFile("w+") as output:
        before, started = _children_cpu(), time.perf_counter()
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=variables, cwd=ROOT)
        peak = 0.0
        while process.poll() is None:
            if memory:
                peak = max(peak, sum(map(_pss_megabytes, _descendants(os.getpid()))))
                time.sleep(0.5)
            else:
                process.wait()
        seconds = time.perf_counter() - started
        _reap_orphans()
        output.seek(0)
        text = output.read()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{text[-2000:]}")
    return Measurement(seconds, _children_cpu() - before, peak, text)


def alternate(sides, rounds):
    """Call the functions in turn, A B A B, `rounds` times each; returns lists of what they gave, by name."""
    results = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            results[name].append(run())
    return results


def time_commands(commands, rounds):
    """Run commands, by name, in turn; returns lists of seconds, by name."""
    return alternate(
        {name: lambda c=command: measure(c).seconds for name, command in commands.items()}, rounds
    )


def table(rows, *, unit="s"):
    """Print medians and ranges: a row of values for each name."""
    for name, values in rows.items():
        low, high = min(values), max(values)
        print(
            f"  {name:34}{statistics.median(values):9.2f} {unit}   ({low:.2f} to {high:.2f}, n = {len(values)})"
        )


def ratio(rows, above, below):
    """The ratio of the medians of two rows."""
    return statistics.median(rows[above]) / statistics.median(rows[below])


def options(description, *, rounds):
    """The parser that every benchmark has; each may add to it."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=rounds, help=f"runs of each side, default {rounds}")
    return parser


def finish(ratios):
    """Print the ratios as one JSON object on the last line: `guard.py` reads it."""
    print(json.dumps({name: round(value, 3) for name, value in ratios.items()}), flush=True)


def mnist(folder, data_dir):
    """An .npz file of MNIST, or, where there is none, of the bundled digits repeated to MNIST's size."""
    import numpy as np

    place = Path(data_dir or os.environ.get("CNNLAB_DATA") or Path.home() / ".keras" / "datasets")
    if (place / "mnist.npz").is_file():
        return place / "mnist.npz"
    path = Path(folder) / "digits.npz"
    with np.load(ROOT / "cnnlab" / "datasets" / "bundled" / "mnist10k.npz") as stored:
        x, y = (np.resize(stored[name], (70_000, *stored[name].shape[1:])) for name in ("images", "labels"))
    np.savez(path, x_train=x[:60_000], y_train=y[:60_000], x_test=x[60_000:], y_test=y[60_000:])
    print("no mnist.npz found (--data-dir): the bundled digits are repeated to the size of MNIST")
    return path


def _children_cpu():
    times = os.times()
    return times.children_user + times.children_system


def _reap_orphans():
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def _descendants(root):
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = path.read_text().split(" (", 1)
        except OSError:
            continue
        parents[int(pid)] = int(rest.rsplit(") ", 1)[1].split()[1])
    found, added = set(), {root}
    while added:
        added = {pid for pid, parent in parents.items() if parent in added} - found
        found |= added
    return found


def _pss_megabytes(pid):
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
