import pytest

from cnnlab.report.items import item_in_words, parameters_in_words, value_in_words, worth_showing


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("global_average_pooling", "global average pooling"),
        ({"conv_block": {"filters": 8, "use_bias": True, "dropout": 0.0}}, "conv block (filters 8)"),
        ({"conv_block": {"activation": "relu", "negative_slope": 0.1}}, "conv block"),
        ({"conv_block": {"activation": "leaky_relu", "negative_slope": 0.1}},
         "conv block (activation leaky_relu, negative_slope 0.1)"),
        ({"conv_block": {"batch_norm": False, "momentum": 0.9}}, "conv block"),
        ({"conv_block": {"batch_norm": True, "momentum": 0.9}}, "conv block (batch_norm True, momentum 0.9)"),
        ({"a": 1, "b": 2}, "{'a': 1, 'b': 2}"),
        ({"flatten": None}, "flatten"),
    ],
)  # fmt: skip
def test_items_are_shown_with_what_is_out_of_the_usual(item, words):
    assert item_in_words(item) == words


def test_parameters_and_values():
    assert parameters_in_words({"padding": "same"}) == ""
    assert value_in_words([0.5, 1e-7, "a"]) == "[0.5, 1e-07, a]"
    assert worth_showing("padding", "valid") and not worth_showing("padding", "same")
    assert not worth_showing("anything", None)
