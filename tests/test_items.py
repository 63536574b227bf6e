"""Fields whose value names a registry entry."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from cnnlab.items import Item as Chosen
from cnnlab.items import chosen, listed, required
from cnnlab.registry import Registry

shape = Registry("shape")


@shape
def square(*, side: int):
    """Four equal sides."""


@shape
def dot():
    """No sides."""


LISTED = TypeAdapter(Annotated[Chosen, listed(shape)])
CHOSEN = TypeAdapter(Annotated[Chosen, chosen(shape)])


def test_both_forms_become_items_and_come_back():
    for adapter, plain in ((LISTED, {"square": {"side": 3}}), (CHOSEN, {"name": "square", "side": 3})):
        item = adapter.validate_python(plain)
        assert (item.name, item.dump()) == ("square", {"side": 3})
        assert adapter.dump_python(item) == plain
    assert LISTED.validate_python("dot") == LISTED.validate_python({"dot": None})
    assert LISTED.dump_python(LISTED.validate_python("dot")) == "dot"
    assert required(shape.get("square")) and not required(shape.get("dot"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("squar", "did you mean 'square'"),
        ({"square": {"side": "x"}}, "valid integer"),
        (3, "expected a shape as 'name' or '{name: {parameters}}' (such as dot, square), got the number 3"),
    ],
)
def test_what_names_no_entry_is_refused(value, said):
    with pytest.raises(ValidationError) as caught:
        LISTED.validate_python(value)
    assert said in str(caught.value)


def test_the_json_schema_lists_the_entries():
    forms = LISTED.json_schema()["anyOf"]
    assert forms[0] == {"const": "dot", "description": "No sides."}
    assert set(forms[1]["properties"]) == {"square", "dot"}
