"""What Python code passes becomes plain data, or a sentence."""

import enum
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, TypedDict

import numpy as np
import pytest

from cnnlab.arguments import checked, plain_value
from cnnlab.errors import ConfigError


class Optimizer(enum.Enum):
    """A person's own names."""

    ADAM = "adam"


class Name(str, enum.Enum):  # noqa: UP042
    """Texts with names."""

    ADAM = "adam"


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (np.array([1, 2]), [1, 2]),
        (np.array(0.5), 0.5),
        (np.zeros((1, 2)), [[0.0, 0.0]]),
        ((1, ("a", np.int32(2))), [1, ["a", 2]]),
        (Path("a/b"), "a/b"),
        (Name.ADAM, "adam"),
        (Fraction(1, 2), 0.5),
        ({0: np.float32(2), np.str_("a"): (1,), np.int64(7): None}, {"0": 2.0, "a": [1], "7": None}),
        (True, True),
        (None, None),
    ],
)
def test_what_has_a_plain_form_gets_it(given: Any, plain: Any) -> None:
    """In the very types that YAML gives."""
    found = plain_value(given)
    assert found == plain and type(found) is type(plain)
    if isinstance(found, dict):
        assert [*map(type, found)] == [*map(type, plain)] and {type(v) for v in found.values()} <= {
            float,
            list,
            type(None),
        }


def test_what_has_none_stays_and_what_holds_itself_is_refused() -> None:
    """The schema names the one; nothing ever ends with the other."""
    thing = object()
    assert plain_value({"a": [thing, Optimizer.ADAM]}) == {"a": [thing, Optimizer.ADAM]}
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(ConfigError, match="nested too deeply"):
        plain_value(circle)


class Settings(TypedDict, total=False):
    """Further keyword arguments."""

    jobs: int | Literal["auto"]
    names: Sequence[str]


@checked(lambda: Settings)
def take(
    *words: str, number: float = 0.5, place: str | Path | None = None, say: "Any" = None, **settings: Any
) -> Any:
    """A function like those of cnnlab."""
    return words, number, place, say, settings


def test_arguments_arrive_as_the_annotations_say() -> None:
    """Lists stand for their items, a text for a list of one, a run for its folder."""
    run: Any = SimpleNamespace(path=Path("runs/x"))
    words: Any = ["a", np.str_("b")]
    found = take(words, run, number=np.float32(2), place=run, say=take, jobs=np.int64(2), names="x")
    assert found == (("a", "b", "runs/x"), 2.0, "runs/x", take, {"jobs": 2, "names": ("x",)})
    assert take() == ((), 0.5, None, None, {})


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        ([3], {}, "cnnlab.take: words: expected text, got the number 3."),
        ([], {"number": "x"}, "cnnlab.take: number: expected a number, got the text 'x'."),
        ([], {"jobs": 1.5}, "cnnlab.take: jobs: expected a whole number, or auto, got the number 1.5."),
        ([], {"names": 3}, "cnnlab.take: names: expected a list, got the number 3."),
        ([], {"job": 1}, "cnnlab.take: unknown argument 'job' (did you mean 'jobs'?); valid: jobs, names."),
        (
            [None],
            {"number": True, "x": 1},
            "words: expected text, got nothing.\ncnnlab.take: number: expected a number",
        ),
    ],
)
def test_all_that_is_wrong_is_said_at_once(words: list[Any], settings: Mapping[str, Any], said: str) -> None:
    """Unknown names are not passed over."""
    with pytest.raises(ConfigError) as caught:
        take(*words, **settings)
    assert said in str(caught.value)
