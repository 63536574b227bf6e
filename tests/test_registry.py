"""The registry: a function's signature is its schema."""

# ruff: noqa: E501  (one case, one line)

import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError

from cnnlab.blocks import block
from cnnlab.config.extensions import load_extension
from cnnlab.errors import ConfigError, did_you_mean
from cnnlab.registry import Registry, documented
from tests.sample_configs import MINIMAL, loaded, refusal


@pytest.fixture(autouse=True)
def extensions_are_forgotten(monkeypatch):
    """Leave the block registry, and the loaded extensions, as they were."""
    monkeypatch.setattr(block, "_entries", dict(block._entries))
    loaded_before = set(sys.modules)
    yield
    for name in set(sys.modules) - loaded_before:
        if name.startswith("cnnlab_extension_"):
            del sys.modules[name]


@pytest.fixture
def thing() -> Registry:
    return Registry("thing", arguments=("x",), injected=("name",), reserved=("kind",))


def test_a_signature_becomes_a_schema(thing):
    @thing(colour="red")
    def tree(
        x: Any, *, name: str, height: Annotated[int, Field(ge=1)], kind_of: Literal["oak", "elm"] = "oak"
    ) -> Any:
        """Grows.

        Parameters:
            height: how far it grows,
                in metres.
        """
        return (x, name, height, kind_of)

    entry = thing.get("tree")
    assert (entry.name, entry.summary, entry.injected, entry.traits) == (
        "tree",
        "Grows.",
        ("name",),
        {"colour": "red"},
    )
    assert entry.parameters.model_fields["height"].description == "how far it grows, in metres."
    assert entry(1, parameters=entry.parameters(height=3), name="a", unused=0) == (1, "a", 3, "oak")
    assert tree(1, name="a", height=2) == (1, "a", 2, "oak")  # still a plain function
    for wrong in (
        {},
        {"height": 0},
        {"height": "3"},
        {"height": True},
        {"height": 3, "name": "x"},
        {"height": 3, "kind_of": "fir"},
    ):
        with pytest.raises(ValidationError):
            entry.parameters.model_validate(wrong)


def test_a_default_is_checked_too(thing):
    @thing
    def tree(x: Any, *, height: int = "tall") -> Any:  # type: ignore[assignment]
        return x

    with pytest.raises(ValidationError, match="height"):
        thing.get("tree").parameters()


def test_lists_are_lists_and_their_items_strict(thing):
    @thing
    def tree(x: Any, *, sizes: list[int] = [], pairs: dict[str, list[float]] | None = None) -> Any:  # noqa: B006
        return x

    model = thing.get("tree").parameters
    assert model.model_validate({"sizes": (1, 2)}).sizes == [1, 2]
    assert model.model_validate({"pairs": {"a": (0.5,)}}).pairs == {"a": [0.5]}
    for wrong in (("1",), (True,), "12", 3):
        with pytest.raises(ValidationError):
            model.model_validate({"sizes": wrong})


def test_a_duplicate_is_an_error_that_names_both_places(thing):
    def make() -> Any:
        def tree(x: Any) -> Any:
            return x

        return tree

    thing(make())
    thing(make())  # the same lines again: an extension that is loaded once more

    def tree(x: Any) -> Any:
        return x

    with pytest.raises(
        ConfigError, match=r"The thing 'tree' in .*test_registry.py:\d+ is already registered by .*:\d+: give"
    ):
        thing(tree)


def test_an_unknown_name_is_told_the_valid_ones_and_the_nearest(thing):
    for name in ("tree", "house"):
        exec(f"def {name}(x): return x", namespace := {})
        thing(namespace[name])
    assert thing.names() == ["house", "tree"] == list(thing) and "tree" in thing and "Tree" not in thing
    with pytest.raises(
        ConfigError, match=r"^unknown thing 'tre' \(did you mean 'tree'\?\); valid: house, tree$"
    ):
        thing.get("tre")
    with pytest.raises(ConfigError, match=r"^unknown thing 'xyz'; valid: house, tree$"):
        thing.get("xyz")
    assert thing.unknown("a\nb" + "c" * 100).count("\n") == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(x, *, a): pass", "needs a type annotation for its parameter 'a', such as 'a: int'."),
        ("def f(x, a: int = 1): pass", "must take its parameters by name, as in def f(x, *, size: int)."),
        ("def f(*, a: int = 1): pass", "must take its parameters by name, as in def f(x, *, size: int)."),
        ("def f(x, *args): pass", "must take its parameters by name"),
        ("def f(x, **others): pass", "must take its parameters by name"),
        ("def f(x, *, kind: int): pass", "cannot have a parameter called 'kind': rename it."),
        ("def f(x, *, _a: int): pass", "cannot have a parameter called '_a': rename it."),
        ("def f(x, *, copy: int): pass", "has a parameter that a config cannot give: Field name \"copy\""),
        ("def f(x, *, a: 3): pass", "has a parameter that a config cannot give: "),
    ],
)  # fmt: skip
def test_a_signature_that_is_no_schema_is_refused(thing, source, said):
    exec(source, namespace := {})
    with pytest.raises(ConfigError) as caught:
        thing(namespace["f"])
    assert str(caught.value).startswith("The thing 'f' in ") and said in str(caught.value)


def test_no_name_is_near_to_nothing():
    assert did_you_mean("Filter", ["filters", "units"]) == " (did you mean 'filters'?)"
    assert did_you_mean("", ["filters"]) == did_you_mean("filters", []) == ""


def test_only_the_section_on_parameters_is_read():
    text = "Grows.\n\na: no\n\nParameters:\n    a: one\n    b: two,\n        three\n\nReturns:\n    c: no\n"
    assert documented(text) == {"a": "one", "b": "two, three"}
    assert documented("Grows.") == {}


BLOCK = '''\
from cnnlab.blocks import block


@block
def {name}(x, *, name: str, ratio: int = 8):
    """Doubles every channel, `ratio` or not."""
    return x + x
'''


def test_an_extension_registers_a_block_and_is_checked_like_any_other(tmp_path):
    (tmp_path / "own.py").write_text(BLOCK.format(name="doubled"))
    content = MINIMAL.replace("- flatten", "- doubled: {ratio: 4}\n  - flatten") + "extensions: [own.py]\n"
    for _ in range(2):  # loaded once, asked for twice
        assert loaded(tmp_path, content).model[1].parameters.ratio == 4
    assert "model.1.doubled.ratoi: unknown key 'ratoi' (did you mean 'ratio'?)" in refusal(
        tmp_path, content.replace("ratio", "ratoi")
    )
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "own.py").write_text(
        BLOCK.format(name="doubled")
    )  # the same content elsewhere, as in a run folder
    assert loaded(copy, content).model[1].name == "doubled"


def test_a_block_of_ones_own_may_be_the_last(tmp_path):
    (tmp_path / "own.py").write_text(BLOCK.format(name="my_head"))
    content = MINIMAL.replace("- classifier", "- my_head") + "extensions: [own.py]\n"
    assert loaded(tmp_path, content).model[-1].name == "my_head"


def test_an_extension_may_be_named_by_an_option(tmp_path):
    (tmp_path / "own.py").write_text(BLOCK.format(name="by_option"))
    assert loaded(tmp_path, MINIMAL, "extensions=[own.py]", "model.1=by_option").model[1].name == "by_option"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("x = (\n", "own.py, line 1: '(' was never closed."),
        ("\n\n1 / 0\n", "own.py, line 3: ZeroDivisionError: division by zero."),
        ("import not_a_module_of_mine\n", "own.py, line 1: ModuleNotFoundError: No module named 'not_a_module_of_mine'."),
        ("import sys\nsys.exit(3)\n", "own.py, line 2: SystemExit: 3."),
        ("def f():\n    raise ValueError\nf()\n", "own.py, line 2: ValueError."),
        ("from cnnlab.blocks import block\n@block\ndef conv(x): return x\n", "The block 'conv' in "),
        ("from cnnlab.blocks import block\n@block\ndef own_one(x, *, a): return x\n", "The block 'own_one' in "),
    ],
)  # fmt: skip
def test_a_failing_extension_names_its_line(tmp_path, content, said):
    (tmp_path / "own.py").write_text(content)
    assert said in refusal(tmp_path, MINIMAL + "extensions: [own.py]\n")


def test_a_missing_extension_names_the_config(tmp_path):
    def said(name: str) -> str:
        return refusal(tmp_path, MINIMAL + f"extensions: [{name}]\n")

    place = "c.yaml, line 8, column 14, extensions.0: "
    assert said("own.py") == f"{place}there is no file own.py (paths are relative to the config)."
    assert said("own.txt") == f"{place}expected a Python file, whose name ends in .py, got own.txt."
    assert said("3") == f"{place}expected a path as text, got 3."
    (tmp_path / "folder.py").mkdir()
    assert said("folder.py") == f"{place}folder.py cannot be read: Is a directory."


def test_the_reserved_keys_are_those_that_stand_beside_the_parameters():
    from cnnlab.config.schema import Data
    from cnnlab.datasets import dataset

    for field in Data.model_fields:
        exec(f"def f(places, *, {field}: int = 1): pass", namespace := {})
        with pytest.raises(ConfigError, match=f"cannot have a parameter called '{field}'"):
            dataset(namespace["f"])


def test_an_extension_that_failed_runs_again_once_mended(tmp_path, monkeypatch):
    """Within the same second, with as many characters: by these alone Python's own cache would know it again."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "own.py"
    path.write_text("1 / 0\n")
    with pytest.raises(ConfigError, match="ZeroDivisionError"):
        load_extension(path, "it.yaml")
    path.write_text("x = 1\n")
    load_extension(Path(path), "it.yaml")
    assert [found.name for found in tmp_path.iterdir()] == ["own.py"]


def test_no_data_set_of_cnnlab_has_a_parameter_with_a_reserved_name():
    from cnnlab.config.schema import Data
    from cnnlab.datasets import dataset

    assert not [
        name for name in dataset if set(dataset.get(name).parameters.model_fields) & set(Data.model_fields)
    ]
