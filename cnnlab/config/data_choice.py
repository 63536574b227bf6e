"""A data set with its parameters, chosen on the command line: by its name, by a config, by ``--set``."""

from collections.abc import Sequence
from pathlib import Path

from cnnlab.config.load import Options, document_of, resolve
from cnnlab.config.source import read_document
from cnnlab.datasets import dataset
from cnnlab.errors import ConfigError
from cnnlab.items import Item

MODEL = ["flatten", "classifier"]  # any that a config may have: it is not built


def chosen_data(name: str | None, config: Path | None, path: Path | None, overrides: Sequence[str]) -> Item:
    """Return the data set `name`, or that of a config, with its parameters.

    path: the value of its parameter `path`. overrides: KEY=VALUE, keys of the section `data`, with "data." or without.

    Raises ConfigError for what a config may not hold, or where name and config differ.
    """
    if name is None and config is None:
        raise ConfigError("name a data set, such as folder, or a config with --config.")
    given = [text if text.startswith("data.") else f"data.{text}" for text in overrides]
    if path is not None:
        given.insert(0, f"data.path={str(path.absolute())!r}")
    elif name is not None and config is None and _needs_path(name, given):
        raise ConfigError(
            f"say with --path where your images lie, as in 'cnnlab data check {name} --path DIR'."
        )
    if config is not None:
        document = read_document(config)
    else:
        document = document_of({"name": "check", "data": {"dataset": name}, "model": MODEL}, Path("--set"))
    item = resolve(document, Options(overrides=tuple(given))).data.dataset
    if name is not None and item.name != name:
        raise ConfigError(f"{config} is about the data set '{item.name}', not '{name}': leave the name out.")
    return item


def _needs_path(name: str, given: Sequence[str]) -> bool:
    fields = dataset.get(name).parameters.model_fields
    missing = "path" in fields and not any(text.startswith("data.path=") for text in given)
    return missing and fields["path"].is_required()
