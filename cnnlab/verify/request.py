"""What is to be verified."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.backends import BACKENDS, Backend
from cnnlab.config.load import Options, resolve_bundled
from cnnlab.config.packed import PackedConfig
from cnnlab.config.shipped import shipped_directory
from cnnlab.config.source import read_document
from cnnlab.errors import ConfigError, RunError
from cnnlab.executors.threads import resolve_threads
from cnnlab.runs.find import expanded, find_run
from cnnlab.runs.folder import RunFolder
from cnnlab.runs.record import is_repeat_number

SMOKE_EVERY = 5  # --smoke takes each fifth case


@dataclass(frozen=True)
class Weights:
    """A trained model: its file, the config it was trained by where that is known, and which repeat it is."""

    model_path: Path
    config_path: Path | None = None
    repeat: int = 0


def find_weights(word: str, runs_dir: Path) -> Weights:
    """Find what ``--weights`` names: a .keras file, a run folder, its name, or a repeat's folder in it.

    Of a run folder it is the first repeat that has a model. Raises RunError where there is none.
    """
    path = expanded(word)
    if path.is_file():
        return Weights(path)
    if (path / "model.keras").is_file() and path.parent.name == "repeats" and is_repeat_number(path.name):
        return _of_repeat(RunFolder(path.parent.parent), int(path.name))
    if path.suffix in {".keras", ".h5"}:
        raise RunError(f"--weights: there is no file {path}.")
    run = RunFolder(find_run(word, runs_dir))
    found = [folder.k for folder in run.repeat_folders() if folder.model_path.is_file()]
    if not found:
        raise RunError(f"--weights: {run.path} holds no trained model (repeats/<k>/model.keras).")
    return _of_repeat(run, found[0])


def _of_repeat(run: RunFolder, repeat: int) -> Weights:
    config = run.config_path if run.config_path.is_file() else None
    return Weights(run.repeat(repeat).model_path, config, repeat)


@dataclass(frozen=True)
class Request:
    """What is to be verified, how strictly, and where the run folder goes."""

    config: PackedConfig  # with threads resolved
    runs_dir: Path
    kinds: Sequence[str]
    data_dir: Path | None = None
    dtype: str = "float64"
    forward_only: bool = False
    skip_training: bool = False
    weights: Weights | None = None
    every: int = 1  # take every so many cases of each layer kind
    bundled_for: str | None = None
    argv: Sequence[str] = ("cnnlab", "verify")

    @property
    def trains(self) -> bool:
        """Whether the third part begins with a training."""
        return self.weights is None and not self.skip_training


def make_request(
    config: Path | None,
    options: Options,
    *,
    weights: str | None,
    kinds: Sequence[str],
    runs_dir: Path,
    dtype: str | None = None,
    **rest: Any,
) -> Request:
    """Read the config and find the weights.

    Without a config it is that of the run whose weights are taken, else the shipped verify.yaml. Raises
    ConfigError or RunError for what is wrong with either.
    """
    found = find_weights(weights, runs_dir) if weights else None
    path = config or (found and found.config_path) or shipped_directory() / "verify.yaml"
    loaded, bundled_for = resolve_bundled(read_document(path), options)
    threads = resolve_threads(loaded.training.threads, loaded.repeats)
    return Request(
        PackedConfig.of(loaded.with_training(threads=threads), path),
        runs_dir,
        kinds,
        dtype=_dtype(dtype, BACKENDS[loaded.training.backend]),
        weights=found,
        every=SMOKE_EVERY if options.smoke else 1,
        bundled_for=bundled_for,
        **rest,
    )


def _dtype(wanted: str | None, backend: Backend) -> str:
    """The type that layers and network are compared in. Raises ConfigError where Keras cannot compute in it."""
    if wanted == "float64" and backend.layer_dtype != wanted:
        raise ConfigError(
            f"--dtype float64: Keras on {backend.name} computes parts of float64 layers in float32: leave the option "
            "out, or choose --backend tensorflow."
        )
    return wanted or backend.layer_dtype
