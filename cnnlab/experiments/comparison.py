"""A comparison of backends: a sweep over ``training.backend``, and of each backend the first step of its training."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnnlab.backends import BACKENDS
from cnnlab.config.identity import run_hash
from cnnlab.config.load import document_of, dump_config
from cnnlab.config.packed import PackedConfig
from cnnlab.config.schema import Config
from cnnlab.errors import ConfigError
from cnnlab.executors.base import Listener
from cnnlab.executors.processes import in_process
from cnnlab.executors.threads import resolve_threads
from cnnlab.experiments.first_step import Start, measure
from cnnlab.experiments.launch import Launch
from cnnlab.experiments.outcome import Outcome
from cnnlab.experiments.plan import Experiment
from cnnlab.experiments.train import train
from cnnlab.runs.comparison_folder import ComparisonFolder, ComparisonRecord
from cnnlab.runs.folder import slug
from cnnlab.training.prepare import load_data

DEFAULT_PLACE = Path("comparisons")
SAME_FOR_ALL = "tensorflow"  # in the hash by which one comparison differs from another


@dataclass(frozen=True)
class BackendSweep:
    """One config, several backends, and the folder where all goes."""

    config: Config  # with threads resolved
    backends: tuple[str, ...]  # the first is the reference
    folder: ComparisonFolder
    path: Path  # which relative paths of the config count from
    bundled_for: str | None = None

    def experiment(self) -> Experiment:
        """The sweep over the backends, in the comparison's folder, one backend after the other."""
        plain = dump_config(self.config)
        plain["training"]["backend"] = self.backends[0]
        plain["sweep"] = {"grid": {"training.backend": list(self.backends)}}
        document = document_of(plain, self.path)
        experiment = Experiment.of(document, self.bundled_for)
        assert experiment.sweep is not None
        named = {"name": self.config.name}  # the backend is all that differs
        cells = [
            replace(cell, config=cell.config.model_copy(update=named)) for cell in experiment.sweep.cells
        ]
        source = replace(experiment.sweep, cells=cells, folder=self.folder.runs_path, one_by_one=True)
        return replace(experiment, sweep=source)


def chosen_backends(given: str | Sequence[str]) -> tuple[str, ...]:
    """Backends out of "tensorflow,torch" or a list; raises ConfigError unless two or more, each known and installed."""
    words = given.split(",") if isinstance(given, str) else given
    names = tuple(word.strip() for word in words if word.strip())
    known = ",".join(BACKENDS)
    for name in names:
        if name not in BACKENDS:
            raise ConfigError(f"--backends: expected some of {known}, got '{name}'.")
    if len(names) < 2 or len(set(names)) < len(names):
        raise ConfigError(
            f"--backends: expected two or more, each once, such as {known}; got '{','.join(names)}'."
        )
    for name in names:
        BACKENDS[name].require()
    return names


def plan_comparison(
    config: Config,
    backends: tuple[str, ...],
    output: Path | None,
    path: Path,
    launch: Launch,
    bundled_for: str | None = None,
) -> BackendSweep:
    """Resolve what depends on the machine, see whether the data are there, and take the folder.

    One that holds the same comparison, on these backends or others, is resumed. Raises ConfigError where it holds
    another, DataError where the data are missing.
    """
    threads = resolve_threads(config.training.threads, config.repeats)
    config = config.with_training(threads=threads, backend=SAME_FOR_ALL)
    load_data(config, launch.data_dir)
    identity = run_hash(config)
    folder = ComparisonFolder(output or DEFAULT_PLACE / f"{slug(config.name)}_{identity[:8]}")
    if folder.read_about().identity not in (None, identity):
        raise ConfigError(
            f"--output {folder.path}: it holds a comparison of another config, seed or number of repeats; name another "
            "folder, or none."
        )
    folder.begin(ComparisonRecord(identity=identity, name=config.name))
    return BackendSweep(config, backends, folder, path, bundled_for)


def compare(
    comparison: BackendSweep, launch: Launch, listen: Listener, say: Callable[[str], None]
) -> Outcome:
    """Measure the first step and train on every backend, each in processes of its own.

    What is finished is not done again. `say` gets a line before each first step, `listen` the events of the trainings.
    Raises what stops a run before it starts, and KeyboardInterrupt.
    """
    experiment = comparison.experiment()
    assert experiment.sweep is not None
    for backend, cell in zip(comparison.backends, experiment.sweep.cells, strict=True):
        if comparison.folder.read_first_step(backend) is None:
            say(f"{backend}: weights, first batch and first step")
            start = Start(PackedConfig.of(cell.config, comparison.path), launch.data_dir, time.time())
            measured: tuple[Any, Any] = in_process(measure, start, say)
            comparison.folder.write_first_step(backend, *measured)
    return train(experiment, launch, listen)
