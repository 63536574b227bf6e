"""YAML text into plain data, with the line and column of every key, and without YAML's surprises.

PyYAML follows YAML 1.1: ``1e-3`` is text, ``no`` is false, ``010`` is 8, and a repeated key silently wins.
Here ``1e-3`` is a number, as in YAML 1.2, and each of the others is refused with a sentence that says what to write
instead.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from cnnlab.config.shipped import full_name
from cnnlab.config_errors import Key
from cnnlab.errors import ConfigError, shown

EXPECTED_MAP = "expected a map with the keys name, data, model and so on"
MAX_NODES = 10_000
MAX_DEPTH = 100
MAX_DIGITS = 20
MAX_BYTES = 100_000
SHIPPED_HINT = " 'cnnlab config list' shows those that come with cnnlab, 'cnnlab config copy' copies one."

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_SPECIAL_FLOAT = {".inf": "inf", "-.inf": "-inf", "+.inf": "inf", ".nan": "nan"}
_EXPONENT_WITHOUT_POINT = re.compile(
    r"[-+]?[0-9]+[eE][-+]?[0-9]+\Z|[-+]?([0-9]+\.[0-9]*|\.[0-9]+)[eE][0-9]+\Z"
)
_TOO_DEEP = f"nested too deeply: at most {MAX_DEPTH} levels are read"
_TOO_MANY = f"more than {MAX_NODES:,} values, each use of an alias counted"
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class SourcePosition:
    """Where a key or an item stands, both counted from 1."""

    line: int
    column: int


@dataclass
class ConfigDocument:
    """Plain data (dict, list, str, int, float, bool, None) and where each part was written."""

    value: Any
    path: Path
    positions: dict[Key, SourcePosition] = field(default_factory=dict)
    overrides: dict[Key, str] = field(default_factory=dict)  # keys that an option set, and which option
    raw: dict[Key, str] = field(default_factory=dict)  # as written, where text may be meant: ``--set``, 1e-3

    def where(self, key: Key) -> str:
        """Say where `key` was written: its option, or its line and column, else those of its parent.

        Empty for a key of data that were not read from a file.
        """
        for end in range(len(key), -1, -1):
            if key[:end] in self.overrides:
                return self.overrides[key[:end]]
            if key[:end] in self.positions:
                position = self.positions[key[:end]]
                return f"line {position.line}, column {position.column}"
        return ""

    def replaced(self, key: Key, option: str) -> None:
        """Note that `option` put a new value at `key`: what was written there, and below, is gone."""
        for places in (self.positions, self.overrides, self.raw):
            for old in [old for old in places if old[: len(key)] == key]:
                del places[old]
        self.overrides[key] = option


def read_document(path: Path) -> ConfigDocument:
    """Read a YAML file. ConfigError: it is missing, unreadable, too large, not UTF-8, or not plain YAML."""
    return parse_document(_read_text(path), path)


def parse_document(text: str, path: Path) -> ConfigDocument:
    """Parse YAML `text`; `path` is what errors name."""
    document = ConfigDocument(None, path)
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            raise ConfigError(f"{path}, line 1, column 1: {EXPECTED_MAP}, got an empty file.")
        document.value = _DataBuilder(document).build(node, ())
    except yaml.MarkedYAMLError as error:
        raise ConfigError(_syntax_error(path, error)) from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}{_reader_error(text, error)}") from None
    return document


def parse_scalar(text: str) -> Any:
    """The value of a ``--set`` option: YAML where it is that, else `text`."""
    try:
        return parse_document(text, Path("the value")).value
    except ConfigError:
        return text


def looks_like_a_number(text: str) -> bool:
    """Whether YAML 1.1 reads `text` as text, and a person as a number: ``1e-3``."""
    return _EXPONENT_WITHOUT_POINT.match(text) is not None


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(f"There is no config file {path}.{_way_to(path)}") from None
    except IsADirectoryError:
        raise ConfigError(f"{path} is a directory: expected a YAML file.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path} cannot be read: {reason}.") from None
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{path} has more than {MAX_BYTES:,} bytes: that is not a config.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise ConfigError(
            f"{path}, line {line}, column {column}: byte 0x{content[error.start]:02x} is not UTF-8: "
            "save the file as UTF-8."
        ) from None


def _way_to(path: Path) -> str:
    """How to get the file: by copying the shipped config that its name means, if there is one."""
    shipped = full_name(path.as_posix())
    if shipped is None:
        return SHIPPED_HINT
    copied = f"{shipped.rpartition('/')[2]}.yaml"
    return f" One comes with cnnlab: 'cnnlab config copy {shipped}' copies it to {copied}."


def _syntax_error(path: Path, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    reason = error.problem or "not valid YAML"
    if r"'\t'" in reason:
        reason = "a tab cannot indent YAML; use spaces"
    elif "mapping values are not allowed" in reason:
        reason = "a ':' is not expected here; check the indentation, or quote the text"
    elif "undefined alias" in reason:
        reason += "; define it with '&' first, or quote the text"
    context = f" ({error.context})" if error.context and "tab" not in reason else ""
    return f"{path}{where}: {reason}{context}."


def _reader_error(text: str, error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.reader.ReaderError):
        return f": {error}."
    before = text[: error.position]
    line, column = before.count("\n") + 1, error.position - before.rfind("\n")
    character = f"the control character U+{error.character:04X}"
    return f", line {line}, column {column}: {character} is not allowed in YAML."


class _Loader(yaml.SafeLoader):
    """Stops at MAX_DEPTH and at MAX_NODES, long before Python's own limits."""

    depth = 0
    count = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH or self.count > 2 * MAX_NODES:  # keys are nodes too
            problem = _TOO_DEEP if self.depth > MAX_DEPTH else _TOO_MANY
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.peek_event().start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _DataBuilder:
    """Walks a node tree into plain data; counts nodes, so that aliases cannot explode."""

    def __init__(self, document: ConfigDocument) -> None:
        self.document = document
        self.count = 0
        self.open: list[yaml.Node] = []

    def build(self, node: yaml.Node, key: Key) -> Any:
        self.count += 1
        if self.count > MAX_NODES:
            raise self.error(node, key, _TOO_MANY)
        if len(self.open) > MAX_DEPTH:
            raise self.error(node, key, _TOO_DEEP)
        if any(node is ancestor for ancestor in self.open):
            raise self.error(node, key, "an alias refers to the value that contains it")
        self.document.positions.setdefault(key, _position(node))
        self.open.append(node)
        try:
            return self.value(node, key)
        finally:
            self.open.pop()

    def value(self, node: yaml.Node, key: Key) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, key)
        if node.tag not in {_TAG + "map", _TAG + "seq"}:
            raise self.error(node, key, f"the tag {shown(node.tag)} is not allowed")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, key)
        return [self.build(item, (*key, index)) for index, item in enumerate(node.value)]

    def mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        inherited: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _TAG + "merge":
                for parent in self.parents(value_node, key):
                    inherited = {**parent, **inherited}
                continue
            name = self.name(key_node, key)
            if name in result:
                first = self.document.positions[(*key, name)]
                raise self.error(key_node, (*key, name), f"this key is already in line {first.line}")
            self.document.positions[(*key, name)] = _position(key_node)
            result[name] = self.build(value_node, (*key, name))
        return {**inherited, **result}

    def parents(self, node: yaml.Node, key: Key) -> Iterator[dict[str, Any]]:
        values = self.build(node, (*key, "<<"))
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(value, dict):
                raise self.error(node, key, "'<<' expects a map, or a list of maps")
            yield value

    def name(self, node: yaml.Node, key: Key) -> str:
        if isinstance(node, yaml.ScalarNode) and _INTEGER.match(node.value):
            return str(node.value)  # as a class may be called
        if not isinstance(node, yaml.ScalarNode) or node.tag != _TAG + "str":
            word = shown(node.value) if isinstance(node, yaml.ScalarNode) else "a list or map"
            raise self.error(node, key, f"a key must be text, got {word}; quote it if it is meant so")
        return str(node.value)

    def scalar(self, node: yaml.ScalarNode, key: Key) -> Any:
        kind, text = node.tag.removeprefix(_TAG), node.value
        if kind in {"str", "timestamp"}:
            return self.text(node, key)
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in {"true", "false"}:
            return text.lower() == "true"
        if kind == "bool":
            raise self.error(
                node, key, f"YAML reads {text} as a truth value; write true or false, or '{text}' for text"
            )
        if kind == "int":
            return self.integer(node, key)
        if kind == "float":
            return self.number(node, key)
        raise self.error(node, key, f"the tag {shown(node.tag)} is not allowed")

    def text(self, node: yaml.ScalarNode, key: Key) -> str | float:
        text = node.value
        if node.style is None and looks_like_a_number(text):
            self.document.raw[key] = text
            number = float(text)
            return int(number) if "." not in text and number.is_integer() and abs(number) < 2**53 else number
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self.error(node, key, f"the text '{shown(text)}' holds half of a character")
        return text

    def integer(self, node: yaml.ScalarNode, key: Key) -> int:
        text = node.value
        if not _INTEGER.match(text):
            raise self.error(
                node, key, f"the number {shown(text)} is not plain decimal; write digits alone, or quote it"
            )
        if len(text) > MAX_DIGITS:
            raise self.error(
                node, key, f"the number {shown(text)} is too large: at most {MAX_DIGITS} digits are read"
            )
        return int(text)

    def number(self, node: yaml.ScalarNode, key: Key) -> float:
        text = node.value
        if text.lower() in _SPECIAL_FLOAT:
            return float(_SPECIAL_FLOAT[text.lower()])
        if not _FLOAT.match(text):
            raise self.error(
                node, key, f"the number {shown(text)} is not plain decimal; write it like 0.5 or 1.0e-3"
            )
        return float(text)

    def error(self, node: yaml.Node, key: Key, message: str) -> ConfigError:
        at = _position(node)
        place = f", {'.'.join(map(shown, key))}" if key else ""
        return ConfigError(f"{self.document.path}, line {at.line}, column {at.column}{place}: {message}.")


def _position(node: yaml.Node) -> SourcePosition:
    return SourcePosition(node.start_mark.line + 1, node.start_mark.column + 1)
