"""The cells of a sweep: each a whole config of its own, checked before anything is trained."""

import copy
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from pydantic import ValidationError

from cnnlab.config.consistency import has_validation, race_contradictions
from cnnlab.config.identity import cell_hash
from cnnlab.config.load import (
    checked,
    frozen,
    has_extensions,
    require_none,
    run_extensions,
    smoke_values,
)
from cnnlab.config.overrides import put
from cnnlab.config.schema import Config
from cnnlab.config.source import ConfigDocument
from cnnlab.config.sweep_labels import short_names, value_text
from cnnlab.config.sweep_schema import Distribution, RandomDraws, Sweep, split_key
from cnnlab.config_errors import Key
from cnnlab.errors import ConfigError, shown

AS_IT_IS = "as it is"
DIGITS = 4  # of a drawn number
MOST_ERRORS = 20


@dataclass(frozen=True)
class Choice:
    """One value of one swept key: `value_text` is what names it, `place` where it stands in the file."""

    key: str
    value_text: str
    value: Any
    place: Key


@dataclass(frozen=True)
class SweepCell:
    """One combination: `values` holds, by dotted key, the value, or the name of the alternative."""

    label: str
    values: Mapping[str, Any]
    config: Config


def check_all(document: ConfigDocument, *, smoke: bool = False) -> tuple[Config, list[SweepCell]]:
    """Check a document and every cell of its sweep; cells that are equal count once, in the order of the file.

    With `smoke`, what ``--smoke`` sets stays as it sets it. Without a sweep there are no cells. Extensions are run once
    nothing else is wrong. Raises ConfigError with all that is wrong at once, packages that are not installed among it.
    """
    if has_extensions(document):
        run_extensions(document, _checked_all(document, smoke, names_known=False)[2])
    config, cells, errors = _checked_all(document, smoke, names_known=True)
    require_none(document.path, errors)
    assert config is not None
    return config, cells


def _checked_all(
    document: ConfigDocument, smoke: bool, *, names_known: bool
) -> tuple[Config | None, list[SweepCell], list[str]]:
    """The config, if nothing is wrong with it, the cells, and sentences on what is wrong with any of them."""
    config, errors = checked(document, names_known=names_known, to_be_trained=True)
    sweep = _sweep_of(document)
    if sweep is None:
        return config, [], errors
    cells: dict[str, SweepCell] = {}
    of_cells: dict[str, str] = {}
    names = short_names(sweep.keys())
    for label, choices in _combinations(document.value["sweep"], sweep, names):
        cell, found = _checked_cell(document, choices, smoke, names_known)
        if cell is not None:
            found = [f"{text}." for text in _why_no_racer(sweep, cell)]
            values = {choice.key: _plain_value(choice) for choice in choices}
            cell = cell.model_copy(update={"name": _cell_name(cell.name, label)})
            cells.setdefault(cell_hash(cell), SweepCell(label, values, cell))
        for text in found:
            of_cells.setdefault(text, f"{text.removesuffix('.')} (in the cell {label}).")
    sentences = [sentence for text, sentence in of_cells.items() if text not in errors]
    more = len(sentences) - MOST_ERRORS
    rest = [f"and {more} more."] if more > 0 else []
    idle = list(_idle_options(document, sweep))
    return config, list(cells.values()), [*errors, *idle, *sentences[:MOST_ERRORS], *rest]


def _sweep_of(document: ConfigDocument) -> Sweep | None:
    """The sweep of a document in which other things may be wrong; None where there is none, or it is wrong itself."""
    section = document.value.get("sweep") if isinstance(document.value, dict) else None
    try:
        return None if section is None else Sweep.model_validate(frozen(section))
    except ValidationError:
        return None


def draw(distribution: Distribution, text: str) -> Any:
    """A value of `distribution`, decided by `text` alone; for a choice, its index."""
    u = Random(text).random()
    if distribution.int is not None:
        first, last = distribution.int
        return first + math.floor(u * (last - first + 1))
    if distribution.choice is not None:
        return math.floor(u * len(distribution.choice))
    if distribution.uniform is not None:
        low, high = distribution.uniform
        value = low + u * (high - low)
    else:
        assert distribution.loguniform is not None  # one of the four is given
        low, high = distribution.loguniform
        value = low * (high / low) ** u
    return min(high, max(low, float(f"{value:.{DIGITS}g}")))


def _combinations(
    raw: Mapping[str, Any], sweep: Sweep, names: Mapping[str, str]
) -> Iterator[tuple[str, list[Choice]]]:
    """Label and choices of every cell, equal ones too."""
    if raw.get("ablate"):
        yield AS_IT_IS, []
        for name, changes in raw["ablate"].items():
            yield (
                name,
                [Choice(key, value_text(v), v, ("sweep", "ablate", name, key)) for key, v in changes.items()],
            )
        return
    grid = [_choices(key, values, ("sweep", "grid", key)) for key, values in (raw.get("grid") or {}).items()]
    columns = [_choices(key, values, ("sweep", "zip", key)) for key, values in (raw.get("zip") or {}).items()]
    parts = [[[choice] for choice in choices] for choices in grid]
    parts += [[list(row) for row in zip(*columns, strict=True)]] if columns else []
    parts += [list(_draws(raw["random"], sweep.random))] if sweep.random is not None else []
    for combination in itertools.product(*parts):
        choices = [choice for part in combination for choice in part]
        yield ", ".join(f"{names[choice.key]}={choice.value_text}" for choice in choices), choices


def _choices(key: str, values: Any, place: Key) -> list[Choice]:
    if isinstance(values, dict):
        return [Choice(key, shown(name), value, (*place, name)) for name, value in values.items()]
    pairs = [(value_text(value), value) for value in values]
    alike = {text for text, value in pairs for other, another in pairs if text == other and value != another}
    return [
        Choice(key, f"{text} #{n + 1}" if text in alike else text, value, (*place, n))
        for n, (text, value) in enumerate(pairs)
    ]


def _draws(raw: Mapping[str, Any], random: RandomDraws) -> Iterator[list[Choice]]:
    for number in range(random.draws):
        row = []
        for key, distribution in random.values.items():
            place: Key = ("sweep", "random", "values", key)
            drawn = draw(distribution, f"{random.seed} {number} {key}")
            if distribution.choice is not None:
                options = _choices(key, raw["values"][key]["choice"], (*place, "choice"))
                row.append(options[drawn])
            else:
                row.append(Choice(key, value_text(drawn), drawn, place))
        yield row


def _why_no_racer(sweep: Sweep, cell: Config) -> Iterator[str]:
    """Sentences on what keeps a cell from racing, without their full stop."""
    if sweep.early_stop is not None:
        asha, validated = sweep.early_stop.asha, has_validation(cell)
        for key, text in race_contradictions(asha, cell, validated=validated):
            yield f"{'.'.join(map(str, key))}: {text}"


def _checked_cell(
    document: ConfigDocument, choices: Sequence[Choice], smoke: bool, names_known: bool
) -> tuple[Config | None, list[str]]:
    """The config of a cell, or None, and what is wrong with it."""
    value = {key: copy.deepcopy(entry) for key, entry in document.value.items() if key != "sweep"}
    cell = ConfigDocument(value, document.path, dict(document.positions), dict(document.overrides))
    held = smoke_values(document) if smoke else {}
    for choice in choices:
        key = split_key(choice.key)
        if key in held:
            continue
        where = f"{document.where(choice.place)} (sweep.{choice.place[1]})".strip()
        try:
            put(cell, key, copy.deepcopy(choice.value), where)
        except ConfigError as error:
            return None, [str(error)]
    _put_back(document, cell, held)
    return checked(cell, names_known=names_known, to_be_trained=True)


def _put_back(document: ConfigDocument, cell: ConfigDocument, held: Iterable[Key]) -> None:
    """Put back what ``--smoke`` had set within a block that the cell replaced."""
    for key in held:
        holder = document.value
        for part in key[:-1]:
            holder = holder.get(part) or {}
        if key[-1] in holder:
            put(cell, key, holder[key[-1]], "--smoke")


def _idle_options(document: ConfigDocument, sweep: Sweep) -> Iterator[str]:
    """A sentence on each ``--set`` that every cell would replace."""
    for section, keys in sweep.sections().items():
        for text in keys:
            key = split_key(text)
            for place, option in document.overrides.items():
                if place[: len(key)] == key and option.startswith(("--set", "--backend")):
                    yield (
                        f"{option} changes nothing, for sweep.{section} sets {shown(text)} in every cell: leave one of "
                        "them out."
                    )


def _plain_value(choice: Choice) -> Any:
    """What stands for the value in an index: itself where it is a number or a word, else its name."""
    named = isinstance(choice.place[-1], str) and choice.place[-1] != choice.key
    scalar = choice.value is None or isinstance(choice.value, bool | int | float | str)
    return choice.value_text if named or not scalar else choice.value


def _cell_name(name: str, label: str) -> str:
    return shown(f"{name}: {label}", 100)
