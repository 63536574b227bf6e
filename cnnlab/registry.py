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
in by cnnlab and is not part of the schema.
"""

import inspect
import re
import types
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    Strict,
    ValidationError,
    create_model,
    model_validator,
)
from pydantic.errors import PydanticUserError

from cnnlab.config_errors import relocated
from cnnlab.errors import ConfigError, did_you_mean, first_few, shown
from cnnlab.parameter_docs import PARAMETER_DOCS

MOST_KEYS = 30  # valid keys that a sentence lists


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

    @model_validator(mode="wrap")
    @classmethod
    def _name_valid_keys(cls, value: Any, handler: ModelWrapValidatorHandler[Any]) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            details = [_explain_key(cls.model_fields, e) for e in error.errors(include_url=False)]
            raise ValidationError.from_exception_data(cls.__name__, details) from None


def _explain_key(fields: Iterable[str], error: Any) -> Any:
    """The error, with the valid keys where it is about an unknown one of this level."""
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        error = {**error, "type": "unknown key", "msg": unknown_key(error["loc"][0], fields)}
    return relocated(error, error["loc"])


def unknown_key(key: object, fields: Iterable[str]) -> str:
    """Say that `key` is unknown, which keys are valid, and which one was perhaps meant."""
    names = list(fields)
    valid = f"valid: {first_few(names, MOST_KEYS)}" if names else "it takes none"
    return f"unknown key '{shown(key)}'{did_you_mean(str(key), names)}; {valid}"


@dataclass(frozen=True)
class Entry:
    """One name of a registry: what to call, what it takes, its description."""

    name: str
    function: Callable[..., Any]
    parameters: type[Parameters]
    injected: tuple[str, ...]
    check: Callable[[Any], str | None] | None = None
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

    def __init__(
        self,
        kind: str,
        *,
        arguments: tuple[str, ...] = (),
        injected: tuple[str, ...] = (),
        reserved: tuple[str, ...] = (),
    ) -> None:
        """Make an empty registry of things called `kind`, in the singular ("block").

        `arguments` are what cnnlab passes by position, `injected` what it passes by name to those that ask,
        and `reserved` are keys beside the parameters in a config, so that no parameter may be called so.
        """
        self.kind = kind
        self._arguments = arguments
        self._injectable = injected
        self._reserved = reserved
        self._entries: dict[str, Entry] = {}

    def __call__(
        self,
        function: Callable[..., Any] | None = None,
        *,
        check: Callable[[Any], str | None] | None = None,
        **traits: Any,
    ) -> Callable[..., Any]:
        """Decorate a function to register it under its own name: ``@block`` or ``@block(trait=...)``.

        `check` gets the parameters, each valid by itself, and says what is wrong with them together, or None.

        Raises ConfigError when the name is taken by another function, or when its signature is not a schema.
        """
        if function is None:
            return lambda f: self(f, check=check, **traits)
        entry = self._entry(function, check, traits)
        known = self._entries.get(entry.name)
        if known is not None and not _same_source(known.function, function):
            raise ConfigError(
                f"The {self.kind} '{entry.name}' in {_origin(function)} is already registered by "
                f"{_origin(known.function)}: give it another name."
            )
        self._entries[entry.name] = entry
        return function

    def reserve(self, keys: Iterable[str]) -> None:
        """No parameter may be called like these keys, which stand beside the parameters in a config."""
        self._reserved = (*self._reserved, *keys)

    def _entry(
        self, function: Callable[..., Any], check: Callable[[Any], str | None] | None, traits: dict[str, Any]
    ) -> Entry:
        hints = typing.get_type_hints(function, include_extras=True)
        docs = {**PARAMETER_DOCS, **documented(inspect.getdoc(function) or "")}
        fields: dict[str, Any] = {}
        injected = []
        for parameter in self._keyword_parameters(function):
            name = parameter.name
            if name in self._injectable:
                injected.append(name)
                continue
            if name not in hints:
                raise self._refuse(
                    function, f"needs a type annotation for its parameter '{name}', such as '{name}: int'"
                )
            if name in self._reserved or name.startswith("_"):
                raise self._refuse(function, f"cannot have a parameter called '{name}': rename it")
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            fields[name] = (hints[name], Field(default, description=docs.get(name)))
        return Entry(
            function.__name__, function, self._model(function, fields), tuple(injected), check, traits
        )

    def _keyword_parameters(self, function: Callable[..., Any]) -> list[inspect.Parameter]:
        """The parameters of `function` that come from a config, or by injection."""
        given = list(inspect.signature(function).parameters.values())
        keyword = [p for p in given if p.kind is inspect.Parameter.KEYWORD_ONLY]
        others = [p for p in given if p.kind is not inspect.Parameter.KEYWORD_ONLY]
        starred = [p for p in others if p.kind in {p.VAR_POSITIONAL, p.VAR_KEYWORD}]
        if starred or len(others) != len(self._arguments):
            form = ", ".join([*self._arguments, "*", "size: int"])
            raise self._refuse(
                function, f"must take its parameters by name, as in def {function.__name__}({form})"
            )
        return keyword

    def _model(self, function: Callable[..., Any], fields: dict[str, Any]) -> type[Parameters]:
        try:
            fields = {name: (_accept_lists(hint), field) for name, (hint, field) in fields.items()}
            with warnings.catch_warnings():
                warnings.filterwarnings("error", message="Field name", category=UserWarning)
                return create_model(
                    function.__name__, __base__=Parameters, __module__=function.__module__, **fields
                )
        except (AttributeError, NameError, TypeError, UserWarning, PydanticUserError) as error:
            reason = str(error).splitlines()[0].rstrip(".")
            raise self._refuse(function, f"has a parameter that a config cannot give: {reason}") from None

    def _refuse(self, function: Callable[..., Any], reason: str) -> ConfigError:
        return ConfigError(f"The {self.kind} '{function.__name__}' in {_origin(function)} {reason}.")

    def get(self, name: str) -> Entry:
        """Return the entry called `name`; a ConfigError lists the valid names and the nearest one."""
        if name not in self._entries:
            raise ConfigError(self.unknown(name))
        return self._entries[name]

    def unknown(self, name: object) -> str:
        """Say that `name` is unknown, which names are valid, and which one was perhaps meant."""
        return f"unknown {self.kind} '{shown(name)}'{did_you_mean(str(name), self)}; valid: {', '.join(self)}"

    def names(self) -> list[str]:
        """All names, sorted."""
        return sorted(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._entries


def documented(docstring: str) -> dict[str, str]:
    """The meaning of each parameter that a docstring explains under ``Parameters:``, on one line each."""
    _, _, section = docstring.partition("\nParameters:\n")
    section = re.split(r"\n\s*\n|\n(?=\S)", section, maxsplit=1)[0]
    items = re.findall(r"^    (\w+): (.*(?:\n {5,}.*)*)", section, flags=re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in items}


def _accept_lists(hint: Any) -> Any:
    """`hint` with every list lenient about what holds its items: YAML's lists arrive as tuples."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return Annotated[(_accept_lists(arguments[0]), *arguments[1:])]
    if hint is list or origin is list:
        items: Any = _accept_lists(arguments[0]) if arguments else Any
        return Annotated[list[items], Strict(False)]
    if origin in {typing.Union, types.UnionType}:
        return typing.Union[tuple(map(_accept_lists, arguments))]  # noqa: UP007
    if origin in {tuple, dict}:
        return origin[tuple(map(_accept_lists, arguments))]
    return hint


def _origin(function: Callable[..., Any]) -> str:
    return f"{inspect.getsourcefile(function)}:{function.__code__.co_firstlineno}"


def _same_source(a: Callable[..., Any], b: Callable[..., Any]) -> bool:
    """Whether both are the same lines of the same file: an extension that is loaded once more."""
    return _origin(a) == _origin(b)
