"""From a file and the command line's options to one checked `Config`."""

import copy
import functools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypedDict

import yaml
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from cnnlab.config.consistency import contradictions
from cnnlab.config.extensions import load_extension, module_name, why_unreadable
from cnnlab.config.installed import TO_BE_TRAINED
from cnnlab.config.key_suggestions import with_suggestion
from cnnlab.config.overrides import override, override_sweep, put
from cnnlab.config.schema import Config
from cnnlab.config.source import (
    EXPECTED_MAP,
    ConfigDocument,
    SourcePosition,
    looks_like_a_number,
    read_document,
)
from cnnlab.config_errors import UNKNOWN_NAME, Key, explain
from cnnlab.config_paths import ConfigPath
from cnnlab.datasets import dataset
from cnnlab.errors import ConfigError, describe, shown
from cnnlab.items import EXTENSIONS
from cnnlab.registry import Entry

SMOKE: dict[Key, Any] = {
    ("repeats",): 2,
    ("training", "steps"): None,
    ("training", "epochs"): 2,
    ("training", "validation_every"): 1,
    ("training", "ensemble"): 1,
    ("training", "steps_per_epoch"): None,
    ("data", "limit_per_split"): 48,
}
"""What ``--smoke`` puts in place of a config's own values, so that any config ends in seconds."""


@dataclass(frozen=True)
class Options:
    """What the command line says beside the file, in the order in which it acts."""

    bundled: bool = False
    smoke: bool = False
    overrides: tuple[str, ...] = ()  # "training.epochs=10"
    repeats: int | None = None
    seed: int | None = None
    sweep: tuple[str, ...] = ()  # "training.batch_size=16,32"

    @classmethod
    def of(cls, settings: "OptionSettings") -> "Options":
        """The options that keyword arguments describe."""
        return cls(
            settings.get("bundled", False),
            settings.get("smoke", False),
            tuple(settings.get("overrides", ())),
            settings.get("repeats"),
            settings.get("seed"),
            tuple(settings.get("grid", ())),
        )


class OptionSettings(TypedDict, total=False):
    """`Options` as keyword arguments of `cnnlab.train` and others."""

    bundled: bool
    smoke: bool
    overrides: Sequence[str]
    repeats: int | None
    seed: int | None
    grid: Sequence[str]


def load_config(path: Path, options: Options | None = None) -> Config:
    """Read, change as `options` say, and check a config.

    Raises ConfigError with all that is wrong at once, each with its line, column and key.
    """
    return resolve(read_document(path), options or Options())


def resolve(document: ConfigDocument, options: Options) -> Config:
    """Change a document as `options` say, and check it; raises ConfigError."""
    return resolve_bundled(document, options)[0]


def resolve_bundled(document: ConfigDocument, options: Options) -> tuple[Config, str | None]:
    """As `resolve`; also returns the data set in whose place ``--bundled`` put another, None where it did not."""
    bundled_for = change(document, options)
    return check(document), bundled_for


def change(document: ConfigDocument, options: Options) -> str | None:
    """Change a document as `options` say; returns the data set in whose place ``--bundled`` put another, if it did."""
    if not isinstance(document.value, dict):
        at = ", ".join(filter(None, (str(document.path), document.where(()))))
        raise ConfigError(f"{at}: {EXPECTED_MAP}, got {describe(document.value)}.")
    replaced = None
    if options.bundled:
        # an extension may have the data set
        if has_extensions(document) and _dataset_of(document) is None:
            trial = copy.deepcopy(document)
            change(trial, replace(options, bundled=False))
            run_extensions(document, checked(trial, names_known=False)[1])
        replaced = _use_bundled(document)
    if options.smoke:
        for key, value in smoke_values(document).items():
            put(document, key, copy.deepcopy(value), "--smoke")
    for text in options.overrides:
        override(document, text)
    for text in options.sweep:
        override_sweep(document, text)
    for name, number in (("repeats", options.repeats), ("seed", options.seed)):
        if number is not None:
            put(document, (name,), number, f"--{name}")
    chosen_anew = any(key[:2] in {("data",), ("data", "dataset")} for key in document.overrides)
    return None if chosen_anew else replaced


def check(document: ConfigDocument) -> Config:
    """Check a document against the schema, and run the extensions that it names once nothing else is wrong."""
    if has_extensions(document):
        run_extensions(document, checked(document, names_known=False)[1])
    config, errors = checked(document)
    require_none(document.path, errors)
    assert config is not None
    return config


def checked(
    document: ConfigDocument, *, names_known: bool = True, to_be_trained: bool = False
) -> tuple[Config | None, list[str]]:
    """The `Config`, or None, and what is wrong: a sentence with line, column and key for each.

    names_known: False before the extensions are run, which may register names that are unknown as yet. to_be_trained:
    what it needs must be installed here.
    """
    own = {module_name(path) for path, _ in _extensions(document) if why_unreadable(path) is None}
    context = {"directory": document.path.resolve().parent, TO_BE_TRAINED: to_be_trained, EXTENSIONS: own}
    try:
        config = Config.model_validate(frozen(document.value), context=context)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        if _take_as_text(document, errors):
            return checked(document, names_known=names_known, to_be_trained=to_be_trained)
        errors = [each for each in errors if names_known or each["type"] != UNKNOWN_NAME]
        found = explain([with_suggestion(each) for each in errors], document.value)
    else:
        found = list(contradictions(config))
        if not found:
            return config, []
    return None, [
        f"{', '.join(filter(None, (document.where(key), '.'.join(map(shown, key)))))}: {text}."
        for key, text in found
    ]


def has_extensions(document: ConfigDocument) -> bool:
    """Whether a document names files that must be run before names in it can be checked."""
    return isinstance(document.value, dict) and bool(document.value.get("extensions"))


def run_extensions(document: ConfigDocument, errors: Sequence[str]) -> None:
    """Run the extension files of a document, once nothing else is wrong.

    errors: what is wrong as far as it shows before. Raises ConfigError with these and with each file that cannot be
    read, or where one fails.
    """
    named = list(_extensions(document))
    unreadable = [f"{where}: {why}." for path, where in named if (why := why_unreadable(path))]
    require_none(document.path, [*errors, *unreadable])
    for path, where in named:
        load_extension(path, f"{document.path}, {where}")


def _extensions(document: ConfigDocument) -> Iterator[tuple[Path, str]]:
    """The path of each extension, and where it is named; what is no path is left to the schema."""
    extensions = document.value.get("extensions") if isinstance(document.value, dict) else None
    directory = document.path.resolve().parent
    for index, name in enumerate(extensions if isinstance(extensions, list) else ()):
        try:
            path = TypeAdapter(ConfigPath).validate_python(name, context={"directory": directory})
        except ValidationError:
            continue
        yield path, ", ".join(filter(None, (document.where(("extensions", index)), f"extensions.{index}")))


def _take_as_text(document: ConfigDocument, errors: list[ErrorDetails]) -> bool:
    """Put back what was written where text is wanted (``--set name=2025``, 1e-3); False if there is none."""
    taken = False
    for error in errors:
        text = document.raw.pop(error["loc"], None)
        if error["type"] == "string_type" and text is not None:
            *path, last = error["loc"]
            functools.reduce(operator.getitem, path, document.value)[last] = text
            taken = True
    return taken


def frozen(value: Any) -> Any:
    """Lists as tuples, all the way down: configs are frozen, and strict fields take no list for a tuple."""
    if isinstance(value, dict):
        return {key: frozen(entry) for key, entry in value.items()}
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def dump_config(config: Config) -> dict[str, Any]:
    """The resolved config as plain data, defaults included: loading it again gives the same config."""
    return config.model_dump(mode="json")


def config_to_yaml(config: Config) -> str:
    """The resolved config as YAML text."""
    return plain_to_yaml(dump_config(config))


def plain_to_yaml(plain: dict[str, Any]) -> str:
    """Plain data as YAML text, which `read_document` reads back."""
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def document_of(data: dict[str, Any], path: Path) -> ConfigDocument:
    """A document made from plain data, for configs that were not read from a file."""
    return ConfigDocument(copy.deepcopy(data), path, {(): SourcePosition(1, 1)})


class _Dumper(yaml.SafeDumper):
    """Writes what the loader reads back: YAML 1.1 wants a point in the number 1e-05, and quotes otherwise."""


def _represent_float(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    text = repr(value)
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
        text = f"{mantissa}e{exponent if exponent[0] == '-' else '+' + exponent.lstrip('+')}"
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


def _represent_text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "'" if looks_like_a_number(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(float, _represent_float)
_Dumper.add_representer(str, _represent_text)


def smoke_values(document: ConfigDocument) -> dict[Key, Any]:
    """What ``--smoke`` puts into a document, by key: a data set that is drawn as it is loaded is small, too."""
    entry = _dataset_of(document)
    few_images = entry.traits.get("smoke", {}) if entry is not None else {}
    return {**SMOKE, **{("data", key): value for key, value in few_images.items()}}


def _dataset_of(document: ConfigDocument) -> Entry | None:
    """The data set that a document names; None where there is no such: the schema says so later."""
    data = document.value.get("data")
    name = data.get("dataset") if isinstance(data, dict) else None
    return dataset.get(name) if isinstance(name, str) and name in dataset else None


def _use_bundled(document: ConfigDocument) -> str | None:
    """Put the bundled data set in the place of the one that is named; returns that, None where it is the same."""
    entry = _dataset_of(document)
    if entry is None:
        return None
    substitute = entry.traits.get("bundled")
    if substitute is None:
        raise ConfigError(
            f"{document.path}: no data that come with cnnlab can stand in for the data set "
            f"'{entry.name}'; leave out --bundled."
        )
    if substitute == entry.name:
        return None
    kept = dataset.get(substitute).parameters.model_fields
    data = document.value["data"].items()
    common = {k: v for k, v in data if k not in entry.parameters.model_fields or k in kept}
    document.value["data"] = entry.traits.get("bundled_with", {}) | common | {"dataset": substitute}
    return entry.name


def require_none(path: Path, errors: list[str]) -> None:
    """Raise ConfigError with all that is wrong with a file, as one message, if anything is."""
    if len(errors) == 1:
        raise ConfigError(f"{path}, {errors[0]}")
    if errors:
        raise ConfigError(
            "\n".join([f"{path} has {len(errors)} problems:", *(f"  {error}" for error in errors)])
        )
