"""What the command line puts in place of a config's own values."""

from typing import Any, get_args, get_origin

from cnnlab.config.schema import Config
from cnnlab.config.source import ConfigDocument, parse_scalar
from cnnlab.config.training_section import Training
from cnnlab.config_errors import Key
from cnnlab.errors import ConfigError, describe, shown

MAX_DEPTH = 20


def override(document: ConfigDocument, text: str) -> None:
    """Act on one ``--set KEY=VALUE``. Raises ConfigError when there is no place for the key."""
    key_text, equals, value_text = text.partition("=")
    parts = key_text.strip().split(".")
    if not equals or not all(parts) or len(parts) > MAX_DEPTH:
        raise ConfigError(f"--set expects KEY=VALUE, such as training.epochs=10, got {describe(text)}.")
    key: Key = tuple(int(part) if _is_index(part) else part for part in parts)
    option = f"--set {shown(text, 100)}"
    written = put(document, key, parse_scalar(value_text.strip()), option)
    document.raw[written] = value_text.strip()


def override_sweep(document: ConfigDocument, text: str) -> None:
    """Act on one ``--sweep KEY=VALUE,VALUE...``: it joins the grid. Raises ConfigError when it is anything else."""
    key, equals, values_text = text.partition("=")
    option = f"--sweep {shown(text, 100)}"
    values = parse_scalar(values_text.strip()) if values_text.strip() else None
    if not isinstance(values, dict):
        values = parse_scalar(f"[{values_text}]")
    if not key.strip() or not equals or not isinstance(values, dict | list) or not values:
        raise ConfigError(
            "--sweep expects KEY=VALUE,VALUE,..., such as training.batch_size=16,32, or named alternatives, such as "
            f"'augment={{none: [], flip: [random_flip]}}', got {describe(text)}."
        )
    put(document, ("sweep", "grid", key.strip()), values, option)


def put(document: ConfigDocument, key: Key, value: Any, option: str) -> Key:
    """Put `value` at `key`; maps on the way are made where missing, and ``name`` grows to ``{name: {}}``.

    Returns the key as it stands now: in a map, a number is text.

    Raises ConfigError, naming `option`, where the way leads through something that is neither list nor map.
    """
    holder: Any = document.value
    written: list[str | int] = []
    for depth, each in enumerate(key):
        part = str(each) if isinstance(holder, dict) else each  # a class may be called 0
        written.append(part)
        child = _child(holder, part, key[: depth + 1], option)
        if depth == len(key) - 1:
            holder[part] = value
            break
        if isinstance(child, str):
            child = _grown(child, part, key[depth + 1])
        elif child is None:
            child = _new(key, depth, option)
        holder[part] = child
        holder = child
    document.replaced(tuple(written), option)
    return tuple(written)


def _new(key: Key, depth: int, option: str) -> dict[str, Any]:
    """What stands at ``key[: depth + 1]`` where the file has nothing: an empty map, or the default choice."""
    place = ".".join(map(str, key[: depth + 1]))
    if isinstance(key[depth + 1], int) and _may_be_a_list(key[: depth + 1]):
        raise ConfigError(
            f"{option}: '{shown(place)}' is empty: set the whole list, as in {shown(place)}=[...]."
        )
    if key[: depth + 1] in {("training", "optimizer"), ("training", "schedule")}:
        return {"name": Training.model_fields[str(key[depth])].default}
    return {}


def _may_be_a_list(key: Key) -> bool:
    """Whether the value of a key may be a list; of what a block or a data set takes, nothing is known here."""
    forms: tuple[Any, ...] = (Config,)
    for part in key:
        fields = [form.model_fields[part] for form in forms if part in getattr(form, "model_fields", ())]
        if not fields:
            return True
        annotation = fields[0].annotation
        forms = (annotation, *get_args(annotation))
    return any(get_origin(form) is tuple for form in forms)


def _grown(word: str, part: str | int, following: str | int) -> Any:
    """An item that was written as a plain word, as a map with room for parameters; else the word."""
    if isinstance(part, int):
        return {word: {}} if word == following else word
    return {"name": word} if part in {"optimizer", "schedule"} else word


def _child(holder: Any, part: str | int, key: Key, option: str) -> Any:
    place = ".".join(map(str, key))
    if isinstance(holder, list):
        if not isinstance(part, int) or part >= len(holder):
            valid = f"an index from 0 to {len(holder) - 1}" if holder else "no index: the list is empty"
            raise ConfigError(f"{option}: '{shown(place)}': expected {valid}, got '{shown(part)}'.")
        return holder[part]
    if isinstance(holder, dict) and isinstance(part, str):
        return holder.get(part)
    raise ConfigError(f"{option}: '{shown(place)}' does not exist: its parent is {describe(holder)}.")


def _is_index(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) < 10
