"""From the command line's words to a `Request`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnlab.backends import BACKENDS, Backend
from cnnlab.config.load import Options, resolve_and_tell
from cnnlab.config.shipped import shipped_directory
from cnnlab.config.source import read_document
from cnnlab.errors import ConfigError
from cnnlab.verify.models import Weights, find_weights
from cnnlab.verify.plan import Request

SMOKE_EVERY = 5  # a trial takes each fifth case


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
    loaded, bundled_for = resolve_and_tell(read_document(path), options)
    return Request(
        loaded,
        runs_dir,
        kinds,
        dtype=_dtype(dtype, BACKENDS[loaded.training.backend]),
        weights=_with_repeat(found),
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


def _with_repeat(weights: Weights | None) -> Weights | None:
    return None if weights is None else replace(weights, repeat=weights.repeat or 0)
