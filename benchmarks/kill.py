"""Kill trainings at random moments, resume them, and compare with a training that was never interrupted.

Usage: python benchmarks/kill.py [--kills 50] [--seed 0] [--jobs auto] [--only NAME ...]

Each run is started, killed a few times (SIGKILL, SIGTERM or SIGINT; the command, a worker, or the whole
process group; while it starts or while it trains), resumed by ``cnnlab train --resume`` each time, and then
brought to its end. Compared are the SHA-256 of `model.weights.h5` in `model.keras`, `metrics.csv` without its
seconds, `inputs.csv`, `predictions.npz`, and `result.json` without times and peak memory; of an ensemble the
curves of all its members. Checked as well: after each kill the folder can be read and no process stays; at
the end there is no lock, no checkpoint and no temporary file. Exit code 1 unless all is as promised.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import yaml

from cnnlab.runs.read import load_run

MARK = "CNNLAB_KILL_TEST"
SECONDS_TO_END = 60.0  # for a command after its signal, on a busy machine
SECONDS_TO_FINISH = 900.0  # for one whose worker was killed: its other repeats continue

BASE: dict[str, Any] = {
    "seed": 3,
    "repeats": 2,
    "data": {"dataset": "mnist10k", "train_size": 96, "limit_per_split": 200},
    "augment": [
        {"random_rotation": {"factor": 0.05}},
        {"random_translation": {"height_factor": 0.1, "width_factor": 0.1}},
    ],
    "model": [
        {"conv_block": {"convs": 1, "filters": 4, "batch_norm": True, "dropout": 0.1}},
        "flatten",
        {"dense_block": {"units": 8, "dropout": 0.2, "l2": 0.001}},
        "classifier",
    ],
}
CONFIGS: dict[str, dict[str, Any]] = {
    "dropout": {
        "training": {
            "epochs": 1500,
            "batch_size": 16,
            "validation_every": 50,
            "checkpoint_every": {"epochs": 10},
        },
    },
    "averages": {
        "training": {
            "epochs": 1000,
            "batch_size": 16,
            "validation_every": 20,
            "checkpoint_every": {"seconds": 0.1},
            "weight_averaging": {"momentum": 0.95},
            "schedule": {"name": "cosine", "warmup": 0.1},
            "restore_best": "val_accuracy",
        },
    },
    "plateau": {
        "training": {
            "epochs": 1000,
            "batch_size": 16,
            "validation_every": 5,
            "checkpoint_every": {"epochs": 3, "seconds": 0.5},
            "optimizer": {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9},
            "schedule": {"name": "reduce_on_plateau", "patience": 8, "factor": 0.5},
            "early_stopping": {"monitor": "val_accuracy", "patience": 120},
            "restore_best": "val_loss",
        },
    },
    "long epochs": {
        "data": {"dataset": "mnist10k", "train_size": 7000, "limit_per_split": 6000},
        "training": {"epochs": 8, "batch_size": 8, "checkpoint_every": {"seconds": 0.2}},
    },
    "jax": {
        "training": {
            "backend": "jax",
            "epochs": 300,
            "batch_size": 16,
            "validation_every": 20,
            "checkpoint_every": {"epochs": 7, "seconds": 0.3},
            "optimizer": {"name": "adamw", "learning_rate": 0.002, "weight_decay": 0.01},
            "restore_best": "val_loss",
        },
    },
    "mixed precision": {
        "training": {
            "precision": "mixed_float16",
            "epochs": 300,
            "batch_size": 16,
            "validation_every": 10,
            "checkpoint_every": {"seconds": 0.2},
            "schedule": {"name": "cosine"},
            "weight_averaging": {"momentum": 0.9},
            "ensemble": 2,
        },
    },
}


def fingerprint(run: Path) -> dict[str, Any]:
    """What must be equal: for each repeat its weights, curves, predictions and result."""
    return {folder.name: _repeat(folder) for folder in sorted((run / "repeats").iterdir())}


def _repeat(folder: Path) -> dict[str, Any]:
    with zipfile.ZipFile(folder / "model.keras") as archive:
        weights = hashlib.sha256(archive.read("model.weights.h5")).hexdigest()
    with np.load(folder / "predictions.npz") as stored:
        predictions = {name: hashlib.sha256(stored[name].tobytes()).hexdigest() for name in stored.files}
    rows = [
        line.split(",")
        for path in sorted(folder.rglob("metrics.csv"))
        for line in path.read_text().splitlines()
    ]
    inputs = [path.read_text() for path in sorted(folder.rglob("inputs.csv"))]
    result = json.loads((folder / "result.json").read_text())
    for name in ("seconds", "peak_memory_bytes"):
        result.pop(name)
    curves = {"rows": [r[:1] + r[2:] for r in rows], "inputs": inputs}
    return {"weights": weights, "predictions": predictions} | curves | result


class Victim:
    """One command, in a process group of its own."""

    def __init__(self, arguments: list[str], mark: str, output: Path) -> None:
        """Start ``cnnlab train`` with `arguments`; its processes carry `mark` in their environment."""
        self.mark, self.started = mark, time.time()
        with output.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cnnlab", "train", *arguments],
                env={**os.environ, MARK: mark},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def family(self) -> list[psutil.Process]:
        """All processes that come from the command and still run."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
                continue
        return found

    def trains(self, run: Path | None) -> bool:
        """Whether it has written a row since it was started."""
        paths = [] if run is None else run.glob("repeats/*/metrics.csv")
        return any(path.stat().st_mtime > self.started and path.read_text().count("\n") > 1 for path in paths)

    def kill(self, whom: str, number: signal.Signals, chance: random.Random) -> str | None:
        """Send the signal; returns to whom, which is the command where no worker runs, or None if all has ended."""
        if self.process.poll() is not None:
            return None
        if whom == "group":
            os.killpg(self.process.pid, number)
            return whom
        workers = [
            p for p in self.family() if p.pid != self.process.pid and not p.children() and p.num_threads() > 1
        ]
        if whom == "worker" and workers:
            chance.choice(workers).send_signal(number)
            return whom
        self.process.send_signal(number)
        return "command"

    def ended(self, seconds: float) -> str | None:
        """Wait so long for its end, and then for that of its whole family; what was wrong, or None."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            return "it did not end"
        deadline = time.monotonic() + SECONDS_TO_END
        while strays := self.family():
            if time.monotonic() > deadline:
                return f"processes stayed: {[' '.join(p.cmdline()[:4]) for p in strays]}"
            time.sleep(0.2)
        return None if code in {0, 4, 130, -9, -15, -2} else f"exit code {code}"


def main() -> int:
    """Run it all; 0 when all is as promised."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--per-run", type=int, default=5, help="kills of one run before it may end")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", default="auto", help="repeats side by side, as for cnnlab train")
    parser.add_argument("--only", nargs="*", choices=CONFIGS, default=list(CONFIGS))
    options = parser.parse_args()
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # in the background it is ignored, by children too
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="kill-") as place:
        harness = Harness(Path(place), chance, options.per_run, options.jobs)
        names = list(options.only)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):  # then what was done until now is reported
            while harness.killed() < options.kills:
                harness.run(names[harness.runs % len(names)], options.kills - harness.killed())
        return harness.report()


class Harness:
    """Kills, counts and compares."""

    def __init__(self, place: Path, chance: random.Random, per_run: int, jobs: str) -> None:
        self.place, self.chance, self.per_run, self.jobs = place, chance, per_run, jobs
        self.references: dict[str, dict[str, Any]] = {}
        self.runs = self.ended = self.equal = 0
        self.kills: Counter[str] = Counter()
        self.slowest = 0.0  # seconds from SIGTERM or SIGINT to the end of all
        self.wrong: list[str] = []

    def killed(self) -> int:
        return self.kills.total()

    def run(self, name: str, most: int) -> None:
        """One run: killed up to `per_run` times, brought to its end, compared."""
        config = self.place / f"{name.replace(' ', '-')}.yaml"
        if name not in self.references:
            config.write_text(yaml.safe_dump({"name": name, **BASE, **CONFIGS[name]}, sort_keys=False))
            self.references[name] = fingerprint(self._whole(config, name))
        self.runs += 1
        runs_dir = self.place / f"run-{self.runs}"
        before = self.killed()
        while self.killed() < before + min(self.per_run, most) and not self._is_finished(runs_dir):
            self._attempt(config, runs_dir, name)
        self._finish(config, runs_dir, name)
        print(
            f"run {self.runs} ({name}): killed {self.killed() - before} times; {self._verdict(name, runs_dir)}",
            flush=True,
        )

    def _whole(self, config: Path, name: str) -> Path:
        runs_dir = self.place / f"whole-{name}"
        self._finish(config, runs_dir, name)
        return next(runs_dir.iterdir())

    def _start(self, config: Path, runs_dir: Path) -> Victim:
        folder = self._folder(runs_dir)
        begin = ["--config", str(config)] if folder is None else ["--resume", str(folder)]
        mark = f"{os.getpid()}-{time.time_ns()}"
        return Victim(
            [*begin, "--runs-dir", str(runs_dir), "--jobs", self.jobs], mark, self.place / "output.txt"
        )

    def _folder(self, runs_dir: Path) -> Path | None:
        """The run folder, once there is something to resume."""
        found = sorted(runs_dir.glob("*/config.yaml"))
        return found[0].parent if found else None

    def _is_finished(self, runs_dir: Path) -> bool:
        folder = self._folder(runs_dir)
        return folder is not None and load_run(folder).status == "done"

    def _attempt(self, config: Path, runs_dir: Path, name: str) -> None:
        """Start or resume, and kill at a random moment."""
        victim = self._start(config, runs_dir)
        if self.chance.random() < 0.2:
            moment = "starting"
            time.sleep(self.chance.uniform(0.0, 12.0))
        else:
            moment = "training"
            deadline = time.monotonic() + 120
            while victim.process.poll() is None and not victim.trains(self._folder(runs_dir)):
                if time.monotonic() > deadline:
                    break
                time.sleep(0.02)
            time.sleep(self.chance.uniform(0.0, 1.5))
        whom = self.chance.choice(["command", "worker", "group"])
        signals = [signal.SIGKILL, signal.SIGTERM, *([signal.SIGINT] if whom != "worker" else [])]
        number = self.chance.choice(signals)
        sent = time.monotonic()
        killed = victim.kill(whom, number, self.chance)
        if killed is not None:
            self.kills[f"{number.name} to the {killed}, {moment}"] += 1
        wrong = victim.ended(SECONDS_TO_END if killed in {"group", "command"} else SECONDS_TO_FINISH)
        if killed in {"group", "command"} and number != signal.SIGKILL:
            self.slowest = max(self.slowest, time.monotonic() - sent)
        if wrong is not None:
            self.wrong.append(f"{name}: after {number.name} to the {whom}: {wrong}")
        folder = self._folder(runs_dir)
        if folder is not None:
            notes = [note for note in load_run(folder).notes if "damaged" in note]
            self.wrong += [f"{name}: after {number.name} to the {whom}: {note}" for note in notes]

    def _finish(self, config: Path, runs_dir: Path, name: str) -> None:
        """Let it run to its end."""
        victim = self._start(config, runs_dir)
        code = victim.process.wait(1800)
        if code != 0:
            self.wrong.append(f"{name}: could not be finished, exit code {code}")
            print((self.place / "output.txt").read_text()[-3000:], file=sys.stderr)

    def _verdict(self, name: str, runs_dir: Path) -> str:
        folder = self._folder(runs_dir)
        if folder is None:
            return "no folder"
        left = [
            p.name for p in folder.rglob("*") if p.name.startswith(".") or p.name in {"lock", "checkpoint"}
        ]
        if left:
            self.wrong.append(f"{name}: left behind: {left}")
        self.ended += 1
        found, expected = fingerprint(folder), self.references[name]
        differing = {
            f"{k}: {key}" for k in expected for key in expected[k] if found[k].get(key) != expected[k][key]
        }
        same = found == expected
        self.equal += same
        if not same:
            self.wrong.append(f"{name}: {folder.name} differs in {sorted(differing)}")
        return "equal to the bit" if same else "DIFFERENT"

    def report(self) -> int:
        """Print what happened."""
        for kind, count in sorted(self.kills.items()):
            print(f"  {count:3d}  {kind}")
        for sentence in self.wrong:
            print(f"WRONG: {sentence}")
        print(f"slowest end after SIGTERM or SIGINT to the command or its group: {self.slowest:.1f} s")
        print(
            f"{self.killed()} kills in {self.runs} runs: {self.equal} of {self.ended} runs equal to the bit"
        )
        return 1 if self.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
