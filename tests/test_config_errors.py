"""Pydantic's errors as sentences about keys."""

import pytest
from pydantic import BaseModel, ValidationError

from cnnlab.config_errors import custom_errors, explain


class Inner(BaseModel, strict=True):
    size: int | list[int]


class Model(BaseModel, strict=True):
    inner: Inner
    name: str


def said(value):
    with pytest.raises(ValidationError) as caught:
        Model.model_validate(value)
    return explain(caught.value.errors(include_url=False), value)


def test_branches_of_a_union_become_one_sentence():
    found = said({"inner": {"size": "x"}, "name": 3})
    assert [key for key, _ in found] == [("inner", "size"), ("name",)]
    assert found[0][1] == "expected a whole number, or a list, got the text 'x'"
    assert found[1][1] == "expected text, got the number 3"


def test_a_missing_key_is_required():
    assert said({"inner": {"size": 1}}) == [(("name",), "this key is required")]


def test_sentences_of_ours_keep_their_keys():
    error = custom_errors([(("a", 0), "no good"), (("b",), "worse")])
    assert [(e["loc"], e["msg"]) for e in error.errors()] == [(("a", 0), "no good"), (("b",), "worse")]
    assert explain(error.errors(), {"a": [1], "b": 2}) == [(("a", 0), "no good"), (("b",), "worse")]
