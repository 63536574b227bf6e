import json

import pytest
import yaml

from cnnlab.config.load import config_to_yaml, load_config
from cnnlab.config.shipped import shipped_directory
from cnnlab.report.collect import collect
from cnnlab.report.items import item_in_words
from cnnlab.report.setting_sentences import setting_sentences
from cnnlab.runs.read import load_run


def words(folder):
    return {part.label: part.text for part in setting_sentences(load_run(folder.path))}


def test_a_published_setting(make_run):
    folder = make_run()
    folder.config_path.write_text(config_to_yaml(load_config(shipped_directory() / "mnist128/lab2025.yaml")))
    told = words(folder)
    assert told["data"] == (
        "MNIST; 128 training images, drawn anew for each repeat; 10 % of the training part set aside for validation; "
        "pixel values 0 to 255 mapped to [-1, 1]."
    )
    assert told["augmentation"].startswith("random shear (x_factor 0.1, y_factor 0.1, ")
    assert "conv block (filters 8, convs 2, kernel_size 3, pool_size 2); " in told["network"]
    assert (
        "dense block (units 64, l2 0.001, dropout 0.2); classifier. 133,826 weights, 133,602"
        in told["network"]
    )
    assert told["training"] == (
        "350 epochs, batch size 16; optimizer adam (learning_rate 0.001); schedule constant; "
        "validation every 10 epochs; the last epoch is kept."
    )


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("flatten", "flatten"),
        (
            {"conv": {"filters": 4, "batch_norm": True, "momentum": 0.9}},
            "conv (filters 4, batch_norm True, momentum 0.9)",
        ),
        ({"conv": {"filters": 4, "batch_norm": False, "momentum": 0.9}}, "conv (filters 4)"),
        (
            {"dense": {"activation": "leaky_relu", "negative_slope": 0.1}},
            "dense (activation leaky_relu, negative_slope 0.1)",
        ),
        ({"dense": {"activation": "tanh", "negative_slope": 0.1}}, "dense (activation tanh)"),
    ],
)
def test_what_does_nothing_is_left_out(item, told):
    assert item_in_words(item) == told


@pytest.mark.parametrize("weird", [3, True, "x", [], {}, [[{}]], {"a": [None]}, 1e308, [1, {"b": 2, "c": 3}]])
def test_configs_of_any_shape_are_told_somehow(make_run, weird):
    """Neither the words nor the report raise anything."""
    folder = make_run()
    config = yaml.safe_load(folder.config_path.read_text())
    for key in ("data", "augment", "model", "training", "published", "name"):
        folder.config_path.write_text(yaml.safe_dump({**config, key: weird}))
        words(folder)
        collect(folder.path)
    result = json.loads(folder.repeat(0).result_path.read_text())
    for key in ("weights", "sizes", "class_names", "seconds"):
        folder.repeat(0).result_path.write_text(json.dumps({**result, key: weird}))
        words(folder)
        collect(folder.path)


def test_a_key_that_nobody_foresaw_is_told(make_run):
    settings = {"data": {"dataset": "mnist", "crop": 32}, "training": {"steps": 3, "mixup_alpha": 0.2}}
    told = words(make_run(settings=settings))
    assert "crop 32." in told["data"]
    assert told["training"].startswith("3 steps, ") and "mixup alpha 0.2." in told["training"]


def test_views_that_predictions_are_averaged_over(make_run):
    told = words(make_run(settings={"evaluation": {"tta": {"name": "flips", "count": 3}}}))
    assert told["evaluation"] == "predictions averaged over views of an image, flips (count 3)."
