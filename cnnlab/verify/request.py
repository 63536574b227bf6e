"""From the command line's words to a `Request`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnlab.config.load import Options, load_config
from cnnlab.config.shipped import shipped_directory
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
    **rest: Any,
) -> Request:
    """Read the config and find the weights.

    Without a config it is that of the run whose weights are taken, else the shipped verify.yaml. Raises
    ConfigError or RunError for what is wrong with either.
    """
    found = find_weights(weights, runs_dir) if weights else None
    path = config or (found and found.config_path) or shipped_directory() / "verify.yaml"
    return Request(
        load_config(path, options),
        runs_dir,
        kinds,
        weights=_with_repeat(found),
        every=SMOKE_EVERY if options.smoke else 1,
        bundled_for=_bundled_for(path) if options.bundled else None,
        **rest,
    )


def _with_repeat(weights: Weights | None) -> Weights | None:
    return None if weights is None else replace(weights, repeat=weights.repeat or 0)


def _bundled_for(path: Path) -> str | None:
    """The data set that the file names, where --bundled puts another in its place."""
    from cnnlab.config.source import read_document

    return read_document(path).value["data"]["dataset"]
