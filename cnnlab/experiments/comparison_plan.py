"""What a comparison is of, checked before anything is trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnlab.backends import BACKENDS
from cnnlab.config.identity import run_hash
from cnnlab.config.load import check, document_of, dump_config
from cnnlab.config.schema import Config
from cnnlab.errors import ConfigError
from cnnlab.executors.threads import resolve_threads
from cnnlab.experiments.run import Request
from cnnlab.runs.comparison_folder import ComparisonFolder, read_json
from cnnlab.runs.folder import slug
from cnnlab.training.prepare import load_data

DEFAULT_PLACE = Path("comparisons")
SAME_FOR_ALL = "tensorflow"  # in the hash that tells one comparison from another


@dataclass(frozen=True)
class Comparison:
    """One config, several backends, and the folder where all goes. Plain data, for other processes."""

    config: dict[str, Any]  # resolved, threads too
    backends: tuple[str, ...]  # the first is the reference
    folder: ComparisonFolder
    path: Path  # that the config is said to come from
    data_dir: Path | None = None
    bundled_for: str | None = None
    jobs: int | str = "auto"
    argv: Sequence[str] = ("cnnlab", "compare")

    def config_on(self, backend: str) -> Any:
        """The checked config, on a backend."""
        training = {**self.config["training"], "backend": backend}
        return check(document_of({**self.config, "training": training}, self.path))

    def request(self, backend: str) -> Request:
        """The run of a backend."""
        return Request(
            self.config_on(backend),
            self.folder.runs_path,
            self.data_dir,
            self.jobs,
            bundled_for=self.bundled_for,
            argv=self.argv,
        )


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
    config: Config, backends: tuple[str, ...], output: Path | None, path: Path, **others: Any
) -> Comparison:
    """Resolve what depends on the machine, see whether the data are there, and take the folder.

    One that holds the same comparison, on these backends or others, is gone on with. Raises ConfigError where it holds
    another, DataError where the data are missing.
    """
    threads = resolve_threads(config.training.threads, config.repeats)
    config = _with(config, threads=threads, backend=SAME_FOR_ALL)
    load_data(config, others.get("data_dir"))
    identity = run_hash(config)
    folder = ComparisonFolder(output or DEFAULT_PLACE / f"{slug(config.name)}_{identity[:8]}")
    before = read_json(folder.about_path)
    if before and before.get("identity") != identity:
        raise ConfigError(
            f"--output {folder.path}: it holds a comparison of another config, seed or number of repeats; name another "
            "folder, or none."
        )
    folder.begin({"identity": identity, "name": config.name})
    return Comparison(dump_config(config), backends, folder, path, **others)


def _with(config: Config, **changes: Any) -> Config:
    return config.model_copy(update={"training": config.training.model_copy(update=changes)})
