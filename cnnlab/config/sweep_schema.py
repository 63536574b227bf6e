"""The section `sweep` of a config: which values of which keys are tried."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from cnnlab.config.installed import EarlyStopInstalled
from cnnlab.config_errors import Key, custom_errors
from cnnlab.errors import describe, shown
from cnnlab.parameters import Monitor
from cnnlab.registry import Parameters

MOST_CELLS = 10_000
Values = Annotated[list[Any] | tuple[Any, ...] | dict[str, Any], Field(min_length=1)]


def split_key(text: str) -> Key:
    """The path that a dotted key stands for; raises ValueError where it is none."""
    parts = text.split(".")
    if not all(parts) or len(parts) > 20:
        raise ValueError(
            f"expected a dotted key such as training.optimizer.learning_rate, got {describe(text)}"
        )
    return tuple(
        int(part) if part.isascii() and part.isdigit() and len(part) < 10 else part for part in parts
    )


def _swept_key(text: str) -> str:
    split_key(text)
    return text


SweptKey = Annotated[str, AfterValidator(_swept_key)]


_WholeNumbers = tuple[int, int]


class Distribution(Parameters):
    """What a value is drawn from: one of uniform, loguniform, int or choice."""

    uniform: tuple[float, float] | None = Field(None, description="[low, high]: any number in between.")
    loguniform: tuple[float, float] | None = Field(
        None, description="[low, high], both above 0: each order of magnitude is as likely as the next."
    )
    int: _WholeNumbers | None = Field(None, description="[low, high]: a whole number, both ends included.")
    choice: Values | None = Field(None, description="One of these values, or of these named alternatives.")

    @model_validator(mode="after")
    def _is_one(self) -> "Distribution":
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            form = "expected one of uniform, loguniform, int or choice, such as {loguniform: [1.0e-4, 0.1]}"
            raise custom_errors([((), f"{form}, got {' and '.join(given) or 'none of them'}")])
        limits = getattr(self, given[0])
        if given[0] != "choice" and not limits[0] < limits[1]:
            raise custom_errors(
                [((given[0],), f"expected [low, high] with low below high, got {list(limits)}")]
            )
        if given[0] == "loguniform" and limits[0] <= 0:
            raise custom_errors([((given[0],), f"expected limits above 0, got {list(limits)}")])
        return self


class RandomDraws(Parameters):
    """Cells whose values are drawn at random; the first cells stay the same when there are more draws."""

    draws: Annotated[int, Field(ge=1, le=MOST_CELLS)] = Field(description="How many cells.")
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(0, description="What the values are drawn from.")
    values: Annotated[dict[SweptKey, Distribution], Field(min_length=1)] = Field(
        description="By dotted key, the distribution: {uniform: [0, 0.5]}, {loguniform: [1.0e-4, 0.1]}, {int: [8, 64]} "
        "or {choice: [adam, sgd]}."
    )


class AshaSettings(Parameters):
    """Asynchronous successive halving: cells race in their first repeat, and those that fall behind are stopped."""

    metric: Monitor = Field("val_cross_entropy", description="The figure that is compared.")
    reduction_factor: Annotated[int, Field(ge=2, le=100)] = Field(
        3,
        description="Of this many cells the best one continues at each comparison, and each comparison comes this "
        "many times later than the one before.",
    )
    min_epochs: Annotated[int, Field(ge=1)] | None = Field(
        None,
        description="Epochs before the first comparison; null: the epochs divided twice by reduction_factor.",
    )


class EarlyStop(Parameters):
    """What stops cells that fall behind: asha, or {asha: {metric: val_accuracy, ...}}."""

    asha: AshaSettings


def _long_form(value: Any) -> Any:
    if value in ("asha", {"asha": None}):
        return {"asha": {}}
    if value is not None and not isinstance(value, dict | EarlyStop):
        raise ValueError(f"expected asha, or {{asha: {{metric: val_accuracy}}}}, got {describe(value)}")
    return value


EarlyStopChoice = Annotated[
    EarlyStop | None,
    BeforeValidator(_long_form, json_schema_input_type=Literal["asha"] | EarlyStop | None),
    EarlyStopInstalled,
]


class Sweep(Parameters):
    """Many cells: the config with each combination of values in place of its own, every one trained `repeats` times.

    A key is dotted as --set takes it (model.0.conv_block.filters) and may name a whole list or block. Its values are a
    list, or a map of named alternatives such as {none: [], flip: [random_flip]}. grid, zip and random together give
    every combination of what each gives.
    """

    grid: dict[SweptKey, Values] = Field(
        {}, description="By dotted key, its values: every combination is a cell."
    )
    zip: dict[SweptKey, Values] = Field(
        {},
        description="By dotted key, its values, as many for each: the first of all are a cell, then the second, ...",
    )
    random: RandomDraws | None = Field(None, description="Cells drawn at random.")
    ablate: dict[str, dict[SweptKey, Any]] = Field(
        {},
        description="By a name such as 'no dropout', the keys that are changed and their values: one cell each, beside "
        "the config as it is.",
    )
    early_stop: EarlyStopChoice = Field(
        None,
        description="Stops cells in their first repeat where they fall behind by a validation figure: asha (the extra "
        "cnnlab[asha]), or {asha: {metric: val_accuracy, reduction_factor: 3, min_epochs: 5}}; null: no cell.",
    )

    @model_validator(mode="after")
    def _check_together(self) -> "Sweep":
        found = list(self._contradictions())
        if found:
            raise custom_errors(found)
        return self

    def sections(self) -> dict[str, list[str]]:
        """The swept keys by the section that they stand in; those of `ablate` are not among them."""
        drawn = list(self.random.values) if self.random else []
        return {"grid": list(self.grid), "zip": list(self.zip), "random": drawn}

    def keys(self) -> list[str]:
        """Every swept key once, in the order of the file."""
        return list(dict.fromkeys(place[-1] for place in self.places()))

    def places(self) -> list[tuple[str, ...]]:
        """Where each swept key stands within the section, such as ("grid", "training.epochs")."""
        swept = [_place(section, key) for section, keys in self.sections().items() for key in keys]
        return swept + [("ablate", name, key) for name, changes in self.ablate.items() for key in changes]

    def size(self) -> int:
        """How many cells there are, equal ones counted each."""
        rows = len(next(iter(self.zip.values()))) if self.zip else 1
        draws = self.random.draws if self.random else 1
        combined = (
            math.prod(map(len, self.grid.values())) * rows * draws if any(self.sections().values()) else 0
        )
        return combined + (1 + len(self.ablate) if self.ablate else 0)

    def _contradictions(self) -> Iterator[tuple[Key, str]]:
        """Sentences on what does not fit together, each with its key."""
        own = [(section, key) for section, keys in self.sections().items() for key in keys]
        if not own and not self.ablate:
            yield (), "expected grid, zip, random or ablate, such as grid: {training.batch_size: [16, 32]}"
        if own and self.ablate:
            yield ("ablate",), f"stands alone: leave out {own[0][0]}, or make it a sweep of its own"
        if self.ablate and self.early_stop is not None:
            yield (
                ("early_stop",),
                "an ablation compares whole cells, and none may be stopped: leave one of them out",
            )
        for number, (section, key) in enumerate(own):
            for other_section, other in own[:number]:
                if key == other or key.startswith(f"{other}.") or other.startswith(f"{key}."):
                    same = "is" if key == other else f"overlaps with {shown(other)}"
                    yield _place(section, key), f"the key {same} in sweep.{other_section} too: sweep it once"
        lengths = {key: len(values) for key, values in self.zip.items()}
        if len(set(lengths.values())) > 1:
            lengths_by_key = ", ".join(f"{shown(key)} has {length}" for key, length in lengths.items())
            yield ("zip",), f"expected as many values for each key: {lengths_by_key}"
        for name, changes in self.ablate.items():
            if not changes:
                yield (
                    ("ablate", name),
                    "expected the keys that it changes, such as {augment: []}, got an empty map",
                )
        if len(set(lengths.values())) < 2 and self.size() > MOST_CELLS:
            yield (
                (),
                f"{self.size():,} cells are more than the {MOST_CELLS:,} that one sweep may have: split it",
            )


def _place(section: str, key: str) -> tuple[str, ...]:
    return ("random", "values", key) if section == "random" else (section, key)
