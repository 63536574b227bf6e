"""What must not change when code is rebuilt: the weights, metrics and predictions of everything that ships.

Usage: python benchmarks/same_numbers.py --write FILE    before a change: train, and keep the hashes in FILE
       python benchmarks/same_numbers.py --compare FILE  after it: train again; exit code 1 where a number differs

Trained are every shipped config with ``--smoke --bundled``, a sweep, an ablation, the quickstart with PyTorch and JAX
where they are installed, and one run that is killed and resumed; ``cnnlab verify --smoke`` runs, too. Kept are SHA-256
of `model.weights.h5` in `model.keras`, of `metrics.csv` and `inputs.csv` without seconds, of `predictions.npz`, and of
the numbers in `result.json`, `verify.json` and the JSON report. A quarter of an hour on two cores. The hashes hold on
one machine, with the same versions.
"""

import argparse
import csv
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil

TREE = Path(__file__).parents[1]
ABLATION = """\
name: ablation
seed: 3
repeats: 2
data: {dataset: mnist10k, train_size: 128, validation_fraction: 0.1, limit_per_split: 200}
augment: [{random_rotation: {factor: 0.1}}]
model:
  - conv_block: {filters: 8, batch_norm: true}
  - flatten
  - dense_block: {units: 16, dropout: 0.2}
  - classifier
training: {epochs: 2, batch_size: 16, label_smoothing: 0.1}
sweep:
  ablate:
    not augmented: {augment: []}
    no batch norm: {model.0.conv_block.batch_norm: false}
    no smoothing: {training.label_smoothing: 0.0}
"""
RESUMED = ["--set", "training.epochs=12", "--set", "training.checkpoint_every={epochs: 1}"]
STAMP = re.compile(r"\d{8}-\d{6}_|_[0-9a-f]{8}(?=/)")  # of a run folder: when it started, and its hash
TIMES = ("second", "time", "memory", "processor")
IDENTITY = ("hash", "run", "path", "folder", "version", "started", "ended", "command", "host", "git")


def main() -> int:
    """Train, and write or compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", type=Path, metavar="FILE")
    parser.add_argument("--compare", type=Path, metavar="FILE")
    parser.add_argument("--tree", type=Path, default=TREE, help="the checkout whose cnnlab is run")
    parser.add_argument("--only", default="", metavar="TEXT", help="only names that contain this")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        found = measure(options.tree.resolve(), Path(place), options.only)
    if options.write:
        options.write.write_text(json.dumps(found, indent=1) + "\n")
    return compare(json.loads(options.compare.read_text()), found) if options.compare else 0


def measure(tree: Path, place: Path, only: str) -> dict[str, str]:
    """The hash of each file of numbers, by "NAME/file"."""
    ablation = place / "ablation.yaml"
    ablation.write_text(ABLATION)
    quickstart = tree / "configs/quickstart.yaml"
    trainings = {
        path.relative_to(tree / "configs").with_suffix("").as_posix(): [path, "--smoke", "--bundled"]
        for path in sorted((tree / "configs").rglob("*.yaml"))
        if path.stem != "verify"
    }
    trainings["ablation"] = [ablation]
    for backend in ("torch", "jax"):
        if importlib.util.find_spec(backend):
            trainings[backend] = [quickstart, "--smoke", "--backend", backend]
    found: dict[str, str] = {}
    for name, arguments in trainings.items():
        if only in name:
            runs = place / name.replace("/", "-")
            cnnlab(tree, "train", "-c", *arguments, "--runs-dir", runs, "--quiet")
            found |= hashes(tree, name, runs)
    if only in "resumed":
        train_killed(tree, quickstart, place / "resumed")
        cnnlab(tree, "train", "--resume", "latest", "--runs-dir", place / "resumed", "--quiet")
        found |= hashes(tree, "resumed", place / "resumed")
    if only in "verify":
        cnnlab(tree, "verify", "--smoke", "--runs-dir", place / "verify")
        found |= hashes(tree, "verify", place / "verify")
    return found


def cnnlab(tree: Path, *arguments: object) -> str:
    """Run the command of a checkout to its end; returns what it printed."""
    command = [sys.executable, "-m", "cnnlab", *map(str, arguments)]
    done = subprocess.run(command, cwd=tree, env=variables(tree), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    print(f"{' '.join(map(str, arguments))[:100]}", flush=True)
    return done.stdout


def train_killed(tree: Path, config: Path, runs: Path) -> None:
    """Start a training, and kill all of its processes in its third epoch."""
    command = [sys.executable, "-m", "cnnlab", "train", "-c", str(config), *RESUMED, "--runs-dir", str(runs)]
    process = psutil.Popen(
        command, cwd=tree, env=variables(tree), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not any(len(log.read_text().splitlines()) > 3 for log in runs.glob("*/repeats/0/metrics.csv")):
        if process.poll() is not None:
            raise SystemExit("the training ended before it could be killed")
        time.sleep(0.05)
    for member in [process, *process.children(recursive=True)]:
        member.kill()
    process.wait()


def variables(tree: Path) -> dict[str, str]:
    """The environment of a command of that checkout."""
    return {**os.environ, "PYTHONPATH": str(tree)}


def hashes(tree: Path, name: str, runs: Path) -> dict[str, str]:
    """The hashes of all files of numbers below a runs directory, and of its JSON report."""
    found = {}
    for path in sorted(runs.rglob("*")):
        content = numbers_of(path)
        if content is not None:
            inside = STAMP.sub("", path.relative_to(runs).as_posix())
            found[f"{name}/{inside}"] = hashlib.sha256(content).hexdigest()
    if name != "verify" and not any(runs.glob("*/sweep.json")):
        report = json.loads(cnnlab(tree, "report", "latest", "--runs-dir", runs, "--json", "--quiet"))
        found[f"{name}/report"] = hashlib.sha256(dumped(sorted(figures(report)))).hexdigest()
    return found


def numbers_of(path: Path) -> bytes | None:
    """What counts of a file, as bytes; None for a file of no numbers."""
    if path.name == "model.keras":
        return zipfile.ZipFile(path).read("model.weights.h5")
    if path.name in {"metrics.csv", "inputs.csv"}:
        rows = list(csv.reader(path.open()))
        kept = [i for i, column in enumerate(rows[0]) if not any(word in column for word in TIMES)]
        return dumped([[row[i] for i in kept] for row in rows])
    if path.name == "predictions.npz":
        arrays = np.load(path)
        return b"".join(
            f"{key} {arrays[key].dtype}".encode() + arrays[key].tobytes() for key in sorted(arrays)
        )
    if path.name == "result.json":
        result = json.loads(path.read_text())
        return dumped([result.get(key) for key in ("metrics", "threshold", "evaluation", "seed")])
    return dumped(sorted(figures(json.loads(path.read_text())))) if path.name == "verify.json" else None


def figures(value: Any, key: str = "") -> Iterator[float]:
    """The numbers in JSON, but for times and what distinguishes one run from another."""
    if any(word in key for word in (*TIMES, *IDENTITY)):
        return
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from figures(entry, name)
    elif isinstance(value, list):
        for entry in value:
            yield from figures(entry)
    elif isinstance(value, float):
        yield value


def dumped(value: Any) -> bytes:
    """A value as JSON."""
    return json.dumps(value, sort_keys=True).encode()


def compare(before: dict[str, str], after: dict[str, str]) -> int:
    """Print what differs; 0 where nothing does."""
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    for name in differing:
        print(f"DIFFERENT {name}" if name in before and name in after else f"ONLY IN ONE {name}")
    print(f"{len(before)} before, {len(after)} after, {len(differing)} differ")
    return int(bool(differing))


if __name__ == "__main__":
    sys.exit(main())
