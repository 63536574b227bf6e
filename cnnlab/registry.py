"""Registries: names that a config may use, each with a function and its checked parameters.

A registered function takes positional arguments from cnnlab (a tensor, the place where data lie, ...) and
keyword-only arguments from the config. Its signature is the schema: annotations become strict pydantic
fields, so a config is checked before anything heavy is imported, and a person's own function needs no more
than a decorator:

    @block
    def squeeze_excite(x, *, ratio: int = 8):
        '''Scale each channel by a learned gate.'''
        ...

A keyword-only parameter that the registry lists as *injected* (such as ``name`` or ``num_classes``) is filled
in by cnnlab and is no part of the schema.
"""

import difflib
import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, create_model

from cnnlab.errors import ConfigError


class Parameters(BaseModel):
    """Base of every parameter model: strict, frozen, unknown keys refused, defaults checked."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        validate_default=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
        protected_namespaces=(),
    )


@dataclass(frozen=True)
class Entry:
    """One name of a registry: what to call, what it takes, what it says of itself."""

    name: str
    function: Callable[..., Any]
    parameters: type[Parameters]
    injected: tuple[str, ...]
    traits: dict[str, Any] = field(default_factory=dict)

    @property
    def doc(self) -> str:
        """The whole docstring, dedented."""
        return inspect.getdoc(self.function) or ""

    @property
    def summary(self) -> str:
        """The docstring's first line."""
        return self.doc.partition("\n")[0]

    def __call__(self, *args: Any, parameters: Parameters, **injected: Any) -> Any:
        """Call the function with checked parameters and whichever injected values it asks for."""
        wanted = {key: injected[key] for key in self.injected}
        given = {key: getattr(parameters, key) for key in type(parameters).model_fields}
        return self.function(*args, **wanted, **given)


class Registry:
    """A mapping from names to entries that refuses duplicates and helps with misspelt names."""

    def __init__(self, kind: str, injected: tuple[str, ...] = ()) -> None:
        """Make an empty registry of things called `kind`, in the singular ("block")."""
        self.kind = kind
        self._injectable = injected
        self._entries: dict[str, Entry] = {}

    def __call__(self, function: Callable[..., Any] | None = None, **traits: Any) -> Callable[..., Any]:
        """Decorate a function to register it under its own name: ``@block`` or ``@block(trait=...)``.

        Raises ConfigError when the name is taken by another function, or when a parameter has no annotation.
        """
        if function is None:
            return lambda f: self(f, **traits)
        entry = self._entry(function, traits)
        known = self._entries.get(entry.name)
        if known is not None and not _same_source(known.function, function):
            raise ConfigError(
                f"The {self.kind} '{entry.name}' in {_origin(function)} is already registered by "
                f"{_origin(known.function)}: give it another name."
            )
        self._entries[entry.name] = entry
        return function

    def _entry(self, function: Callable[..., Any], traits: dict[str, Any]) -> Entry:
        hints = typing.get_type_hints(function, include_extras=True)
        fields: dict[str, Any] = {}
        injected = []
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
                continue
            if parameter.name in self._injectable:
                injected.append(parameter.name)
                continue
            if parameter.name not in hints:
                raise ConfigError(
                    f"The {self.kind} '{function.__name__}' in {_origin(function)} needs a type annotation for "
                    f"its parameter '{parameter.name}', such as '{parameter.name}: int'."
                )
            required = parameter.default is inspect.Parameter.empty
            fields[parameter.name] = (hints[parameter.name], ... if required else parameter.default)
        model = create_model(function.__name__, __base__=Parameters, **fields)
        return Entry(function.__name__, function, model, tuple(injected), traits)

    def get(self, name: str) -> Entry:
        """Return the entry called `name`; a ConfigError lists the valid names and the nearest one."""
        if name not in self._entries:
            raise ConfigError(self.unknown(name))
        return self._entries[name]

    def unknown(self, name: object) -> str:
        """Say that `name` is unknown, which names are valid, and which one was perhaps meant."""
        return f"unknown {self.kind} '{name}'{did_you_mean(str(name), self._entries)}; valid: {', '.join(self)}"

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._entries


def did_you_mean(word: str, candidates: typing.Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for the nearest candidate, or an empty string."""
    near = difflib.get_close_matches(word.lower(), list(candidates), n=1, cutoff=0.6)
    return f" (did you mean '{near[0]}'?)" if near else ""


def _origin(function: Callable[..., Any]) -> str:
    return f"{inspect.getsourcefile(function)}:{function.__code__.co_firstlineno}"


def _same_source(a: Callable[..., Any], b: Callable[..., Any]) -> bool:
    """Whether both are the same lines of the same file: an extension that is loaded once more."""
    return _origin(a) == _origin(b)
