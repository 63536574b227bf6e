"""The role of each key, and the hashes that follow: which run a config is, which cell, which experiment."""

import hashlib
import json
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

from cnnlab.config.roles import EXPERIMENT, RUN, SAMPLE, Role
from cnnlab.config.schema import Config
from cnnlab.errors import ConfigError
from cnnlab.reading import MOST_BYTES, read_bytes
from cnnlab.registry import Parameters


def role_of(key: str) -> Role:
    """The role of a key as ``--set`` writes it, such as "training.optimizer.learning_rate".

    What the schema does not name is a data set's own parameter, and decides results.
    """
    parts = key.split(".")
    names = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    return next((ROLES[name] for name in names if name in ROLES), Role.RESULTS)


def run_hash(config: Config) -> str:
    """SHA-256 of all that a run is, but not of how it is executed, as 64 hex digits."""
    return _hash(config, RUN)


def cell_hash(config: Config) -> str:
    """SHA-256 of what decides the bits of each repeat's results: a cell of a sweep is known by it.

    Unlike in `experiment_hash`, seed, threads and device count; the number of repeats does not.
    """
    return _hash(config.model_copy(update={"repeats": 1}), SAMPLE)


def experiment_hash(config: Config) -> str:
    """SHA-256 of what decides the results' distribution.

    Runs that share this hash, and the hash of their data, can be pooled.
    """
    return _hash(config, EXPERIMENT)


def file_hash(path: Path, most: int = MOST_BYTES) -> str:
    """SHA-256 of a file's content, as 64 hex digits; raises ConfigError where it cannot be read, or has more bytes."""
    try:
        return hashlib.sha256(read_bytes(path, most)).hexdigest()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from error


def keys_with(roles: Set[Role], config: Config) -> dict[str, Any]:
    """The resolved config as plain data, without the keys of other roles."""
    kept = {}
    for name, value in config.model_dump(mode="json").items():
        if name not in ROLES:  # a section whose keys have roles of their own
            kept[name] = {key: entry for key, entry in value.items() if role_of(f"{name}.{key}") in roles}
        elif ROLES[name] in roles:
            kept[name] = value
    return kept


def _hash(config: Config, roles: Set[Role]) -> str:
    plain = {**keys_with(roles, config), "extensions": [file_hash(path) for path in config.extensions]}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, allow_nan=False).encode()).hexdigest()


def _declared(model: type[Parameters], prefix: str = "") -> Iterator[tuple[str, Role]]:
    """The role of each key of a model, by its dotted name; the keys of a section without one declare their own."""
    for name, field in model.model_fields.items():
        role = next((each for each in field.metadata if isinstance(each, Role)), None)
        section = field.annotation
        if role is not None:
            yield f"{prefix}{name}", role
        elif isinstance(section, type) and issubclass(section, Parameters):
            yield from _declared(section, f"{prefix}{name}.")
        else:
            raise TypeError(f"the key {prefix}{name} declares no role, as in Annotated[int, Role.RESULTS]")


ROLES = dict(_declared(Config))
"""By dotted name, the role of each key that declares one."""
