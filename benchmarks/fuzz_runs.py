"""Damage run folders at random, give them to every command that reads one, and see that nothing bad happens.

Usage: python benchmarks/fuzz_runs.py [--count 5000] [--start 0] [--seed 0] [--command NAME ...]

Sound folders (a finished run, an unfinished one with checkpoints, a sweep, a verify run) are made once. Each
mutant is a copy of one, damaged in one to three ways: bytes, values, links to elsewhere, pipes, devices,
giants, names; see `tests/mutants.py`. Up to three commands, drawn too, are then run on it: with Keras each in
a process of its own, forked from one that has imported it, else as function calls; with 2 GB of memory. A
fault is a traceback, an exit code that is not documented, or is 1, more than 10 s of processor time (20 s
with Keras) or 60 s in all, a change in a folder that links lead to or in the sound run beside, a control
character in the output. Exit code 1 where there is one.
"""

import argparse
import contextlib
import io
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from cnnlab.cli.app import main  # noqa: E402
from tests import warm  # noqa: E402
from tests.commands import Finished  # noqa: E402
from tests.mutants import make_victim, mutated, state_of  # noqa: E402

DOCUMENTED = {0, 2, 3, 4, 5, 130}
SECONDS = 10  # of a processor
WAIT = 60  # in all, on a busy machine: only what waits for ever takes so long
LIMITS = """
import resource
pages = int(open("/proc/self/statm").read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + (2 << 30),) * 2)
"""
PROCESSOR_TIME = "resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds} + 1))"
CONFIG = """\
name: {name}
seed: 3
repeats: 2
data: {{dataset: mnist10k, train_size: 48, limit_per_split: 40}}
model: [{{conv_block: {{convs: 1, filters: 2}}}}, flatten, {{dense_block: {{units: 4}}}}, classifier]
training: {{epochs: {epochs}, batch_size: 16, threads: 1, checkpoint_every: {{epochs: 1}}}}
"""
UNFINISHED_EPOCHS = 4
KINDS = {"finished": 6, "unfinished": 6, "sweep": 3, "verify": 1}


@dataclass(frozen=True)
class Command:
    """How a command is called, with paths for {run}, {beside}, {runs}, {out}; weight: how often it is drawn."""

    words: tuple[str, ...]
    weight: float
    keras: bool = False


COMMANDS = {
    "report": Command(("report", "{run}", "--runs-dir", "{runs}"), 0.4),
    "report json": Command(("report", "{run}", "{beside}", "--compare", "--json"), 0.1),
    "report files": Command(("report", "{run}", "--output", "{out}/report", "--quiet"), 0.01),
    "runs list": Command(("runs", "list", "--runs-dir", "{runs}"), 0.5),
    "runs list json": Command(("runs", "list", "--runs-dir", "{runs}", "--json"), 0.3),
    "runs show": Command(("runs", "show", "{run}"), 0.5),
    "runs show json": Command(("runs", "show", "{run}", "--json"), 0.3),
    "runs diff": Command(("runs", "diff", "{run}", "{beside}"), 0.3),
    "runs diff json": Command(("runs", "diff", "{beside}", "{run}", "--json"), 0.1),
    "runs export": Command(("runs", "export", "{run}", "{beside}"), 0.5),
    "runs export epochs": Command(("runs", "export", "{run}", "--epochs", "--json"), 0.5),
    "predict stored": Command(
        ("predict", "{run}", "--split", "test", "-o", "{out}/stored.csv"), 0.04, keras=True
    ),
    "predict": Command(("predict", "{run}", "-i", "{images}", "-o", "{out}/predicted.csv"), 0.03, keras=True),
    "evaluate": Command(("evaluate", "{run}", "--json"), 0.03, keras=True),
    "resume": Command(("train", "--resume", "{run}", "--jobs", "1", "--json"), 0.05, keras=True),
    "remove": Command(("runs", "rm", "{run}", "--yes", "--runs-dir", "{runs}"), 0.2),
}


class Hangs(BaseException):
    """A command took longer than it may."""


def cnnlab(*words: str, cwd: Path, keras: bool, patch: str = "", timeout: float = 600) -> Finished:
    """Run a command: with Keras in a process forked from one that has imported it, else in this one."""
    if not keras:
        return _in_process(words, cwd)
    warm.use_keras(wanted=True)
    return warm.run_cnnlab(*words, cwd=cwd, patch=patch, timeout=timeout)


def _in_process(words: Iterable[str], cwd: Path) -> Finished:
    """A command as a function call, which takes a tenth of the time."""
    out, err, before = io.StringIO(), io.StringIO(), (Path.cwd(), sys.argv)
    signal.signal(signal.SIGPROF, _hangs)
    signal.signal(signal.SIGALRM, _hangs)
    code: object = 0
    try:
        os.chdir(cwd)
        sys.argv = ["cnnlab", *words]
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.setitimer(signal.ITIMER_REAL, WAIT)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as ended:
        code = ended.code
    except Hangs:
        code = -signal.SIGXCPU
    except Exception:
        traceback.print_exc(file=err)
        code = 1
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        os.chdir(before[0])
        sys.argv = before[1]
    return Finished(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())


def _hangs(number: int, frame: object) -> None:
    raise Hangs


class SoundRuns:
    """Makes the sound folders in `place`; `runs` has them by their kind."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.runs = {"finished": self._train("finished", 1), "unfinished": self._unfinished()}
        sweep = ("--sweep", "training.batch_size=8,16", "--repeats", "1")
        self.runs["sweep"] = self._train("sweep", 1, *sweep)
        self.runs["verify"] = self._made("verify", "--smoke", "--skip-training", "--layer", "dense", "--json")
        for picture in place.rglob("*.png"):
            picture.write_bytes(picture.read_bytes()[:5000])  # copied thousands of times

    def _train(self, name: str, epochs: int, *more: str) -> Path:
        (self.place / f"{name}.yaml").write_text(CONFIG.format(name=name, epochs=epochs))
        return self._made("train", "-c", f"{name}.yaml", "--json", *more)

    def _made(self, *words: str) -> Path:
        done = cnnlab(*words, cwd=self.place, keras=True)
        if done.code != 0:
            raise SystemExit(f"cnnlab {' '.join(words)}: exit code {done.code}\n{done.err}")
        return self.place / str(done.json.get("run") or done.json["sweep"])

    def _unfinished(self) -> Path:
        """A run whose first repeat was interrupted after two epochs, and whose second waits."""
        (self.place / "unfinished.yaml").write_text(
            CONFIG.format(name="unfinished", epochs=UNFINISHED_EPOCHS)
        )
        stop = (
            "import cnnlab.experiments.recording as r, os, signal\n"
            "log = r.RunRecorder._log\n"
            "def stopped(self, event):\n"
            "    log(self, event)\n"
            "    if event.kind == 'epoch' and event.content['epoch'] == 2: os.kill(os.getpid(), signal.SIGTERM)\n"
            "r.RunRecorder._log = stopped\n"
        )
        words = ("train", "-c", "unfinished.yaml", "--jobs", "1")
        done = cnnlab(*words, cwd=self.place, keras=True, patch=stop)
        found = list((self.place / "runs").glob("*_unfinished_*"))
        if done.code != 130 or not list(found[0].glob("repeats/0/checkpoint/*.json")):
            raise SystemExit(f"cnnlab {' '.join(words)}: exit code {done.code}\n{done.err}")
        return found[0]


class Fuzz:
    """Makes mutants, runs commands on them, and keeps what was found."""

    def __init__(self, sound: dict[str, Path], place: Path, seed: int, commands: Iterable[str]) -> None:
        """sound: folders by their kind, one of them "finished"."""
        self.sound, self.place, self.seed = sound, place, seed
        self.kinds = {kind: weight for kind, weight in KINDS.items() if kind in sound}
        self.images = place / "images.npy"
        np.save(self.images, np.zeros((3, 28, 28, 1), np.uint8))
        self.commands = {name: COMMANDS[name] for name in commands}
        self.codes: Counter[str] = Counter()
        self.slowest = (0.0, "")
        self.faults: list[str] = []
        self.mutants = 0

    def mutant(self, number: int) -> list[str]:
        """Make the mutant `number`, and give it to commands; returns what was wrong."""
        rng = random.Random(f"{self.seed}-{number}")
        place = self.place / str(number)
        runs, out = place / "runs", place / "out"
        out.mkdir(parents=True)
        victim = make_victim(place)
        kind = rng.choices(list(self.kinds), list(self.kinds.values()))[0]
        shutil.copytree(self.sound["finished"], beside := runs / "20260101-000000_beside_00000000")
        run = Path(shutil.copytree(self.sound[kind], runs / self.sound[kind].name))
        run, damages = mutated(run, rng, victim)
        paths = {"run": run, "beside": beside, "runs": runs, "out": out, "images": self.images}
        before = state_of(victim), state_of(beside)
        faults = []
        for name in self._drawn(rng, kind):
            command = self.commands[name]
            words = [word.format(**paths) for word in command.words]
            wrong = list(self._wrong(name, command, words, place))
            if (state_of(victim), state_of(beside)) != before:
                wrong.append("touched what lies outside of the folder")
                before = state_of(victim), state_of(beside)
            faults += [f"mutant {number} ({kind}; {'; '.join(damages)}): {name}: {each}" for each in wrong]
        _remove(place)
        self.mutants += 1
        self.faults += faults
        return faults

    def _drawn(self, rng: random.Random, kind: str) -> list[str]:
        """Up to three commands, in the order of the table; an unfinished run is resumed more often."""
        weights = {name: command.weight for name, command in self.commands.items()}
        if kind == "unfinished" and "resume" in weights:
            weights["resume"] *= 3
        drawn = rng.choices(list(weights), list(weights.values()), k=3)
        return [name for name in self.commands if name in drawn]

    def _wrong(self, name: str, command: Command, words: list[str], cwd: Path) -> Iterator[str]:
        seconds = SECONDS * (2 if command.keras else 1)
        started = time.monotonic()
        try:
            done = cnnlab(
                *words,
                cwd=cwd,
                keras=command.keras,
                patch=LIMITS + PROCESSOR_TIME.format(seconds=seconds),
                timeout=WAIT,
            )
        except TimeoutError:
            self.codes[f"{name}: hangs"] += 1
            yield f"hangs: no end after {WAIT} s"
            return
        self.slowest = max(self.slowest, (time.monotonic() - started, name))
        self.codes[f"{name}: {done.code}"] += 1
        if done.code == -signal.SIGXCPU:
            yield f"hangs: over {seconds} s of processor time"
        elif done.code not in DOCUMENTED or "Traceback" in done.out + done.err:
            yield f"exit code {done.code}: {done.err[-3000:]}"
        shown = {c for c in done.out + done.err if not c.isprintable() and c != "\n"}
        if shown:
            yield f"prints {sorted(shown)!r}"


def _remove(place: Path) -> None:
    for folder, folders, _ in os.walk(place):
        for each in (".", *folders):
            path = Path(folder, each)
            if not path.is_symlink():
                path.chmod(0o755)
    shutil.rmtree(place)


def fuzz() -> int:
    """Run it all; 0 when nothing was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--start", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--command", nargs="*", choices=COMMANDS, default=list(COMMANDS))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as text:
        place = Path(text)
        (place / "sound").mkdir()
        found = Fuzz(SoundRuns(place / "sound").runs, place, options.seed, options.command)
        exec(LIMITS)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):  # then what was done until now is counted
            for number in range(options.start, options.start + options.count):
                for fault in found.mutant(number):
                    print(fault, flush=True)
                if found.mutants % 100:
                    continue
                print(
                    f"{found.mutants} mutants, {found.codes.total()} commands, {len(found.faults)} faults",
                    flush=True,
                )
        for code, count in sorted(found.codes.items()):
            print(f"  {count:6d}  {code}")
        print(f"slowest: {found.slowest[0]:.1f} s, {found.slowest[1]}")
        print(f"{found.mutants} mutants, {found.codes.total()} commands: {len(found.faults)} faults")
        return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(fuzz())
