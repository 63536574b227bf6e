"""Every augmentation of the registry, with defaults and at the edges of what the schema allows."""

import inspect

import numpy as np
import pytest

from cnnlab.augment import augmentation
from tests.augment.samples import EDGES, cases, images, layer
from tests.sample_configs import MINIMAL, loaded, refusal

RANGES = [(-1.0, 1.0), (0.0, 1.0)]


def test_every_augmentation_is_tried():
    assert set(EDGES) == set(augmentation)


@pytest.mark.keras
@pytest.mark.parametrize("name", augmentation)
def test_what_the_schema_allows_keras_can_do_within_the_range(name):
    entry = augmentation.get(name)
    for index, parameters in enumerate(cases(name)):
        low, high = data_range = RANGES[index % 2]
        before = images(data_range)
        after = np.asarray(layer(entry, data_range, **parameters)(before, training=True))
        assert after.shape == before.shape and after.dtype == np.float32, parameters
        assert np.isfinite(after).all(), parameters
        assert low - 1e-5 <= after.min() and after.max() <= high + 1e-5, parameters


@pytest.mark.keras
@pytest.mark.parametrize("name", augmentation)
def test_the_trait_on_colour_is_true(name):
    import tensorflow as tf

    entry = augmentation.get(name)
    needs_colour = entry.traits.get("needs_colour", lambda parameters: False)
    for parameters in cases(name)[:8]:
        checked = entry.parameters.model_validate(parameters)
        try:
            after = layer(entry, (-1.0, 1.0), **parameters)(images((-1.0, 1.0), channels=1), training=True)
        except (ValueError, tf.errors.OpError):
            assert needs_colour(checked), parameters
        else:
            assert not needs_colour(checked) and after.shape == (4, 12, 10, 1), parameters


@pytest.mark.keras
def test_parameters_are_those_of_keras_with_its_defaults():
    """Names and defaults as in Keras; flip, jitter and the factors that Keras leaves open excepted."""
    from keras import layers

    for name in augmentation:
        entry = augmentation.get(name)
        class_name = "".join(word.capitalize() for word in name.split("_"))
        if not hasattr(layers, class_name):
            continue  # one of our own
        theirs = inspect.signature(getattr(layers, class_name)).parameters
        for key, field in entry.parameters.model_fields.items():
            assert key in theirs, f"{name}.{key}"
            if key != "value_range":
                empty = theirs[key].default is inspect.Parameter.empty
                assert empty == field.is_required() or name == "random_flip", f"{name}.{key}"
                assert empty or repr(theirs[key].default) == repr(field.default), f"{name}.{key}"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("random_rotation: {factor: 1.1}", "factor"),
        ("random_rotation: {factor: [-2, 0]}", "factor.0"),
        ("random_rotation: {factor: [0.2, 0.1]}", "factor"),
        ("random_translation: {height_factor: 1.01, width_factor: 0}", "height_factor"),
        ("random_zoom: {height_factor: -1}", "height_factor"),
        ("random_zoom: {height_factor: [-1, 0]}", "height_factor.0"),
        ("random_shear: {x_factor: -0.1}", "x_factor"),
        ("random_perspective: {scale: 1.1}", "scale"),
        ("random_elastic_transform: {scale: [0, 2]}", "scale.1"),
        ("random_brightness: {factor: 2}", "factor"),
        ("random_contrast: {factor: [0.5, 1.5]}", "factor.1"),
        ("random_contrast: {factor: -0.5}", "factor"),
        ("random_sharpness: {factor: -0.5}", "factor"),
        ("random_grayscale: {factor: 1.5}", "factor"),
        ("random_gaussian_blur: {sigma: 1.5}", "sigma"),
        ("random_gaussian_blur: {kernel_size: 2}", "kernel_size"),
        ("random_erasing: {scale: [0.1, 1.5]}", "scale.1"),
        ("random_invert: {factor: -1}", "factor"),
        ("random_posterization: {factor: 0}", "factor"),
        ("random_posterization: {factor: 9}", "factor"),
        ("random_posterization: {factor: 2.5}", "factor"),
        ("equalization: {bins: 1}", "bins"),
        ("solarization: {addition_factor: 1.1}", "addition_factor"),
        ("rand_augment: {factor: 1.1}", "factor"),
        ("aug_mix: {alpha: 0}", "alpha"),
        ("random_brightness: {factor: 0.1, value_range: [1, 0]}", "value_range"),
    ],
)
def test_what_keras_refuses_is_refused_with_the_config(tmp_path, text, key):
    name = text.partition(":")[0]
    message = refusal(tmp_path, MINIMAL + f"augment: [{text}]\n")
    assert f"augment.0.{name}.{key}: expected " in message


def test_random_crop_is_not_offered():
    """It would change the images' size."""
    assert "random_crop" not in augmentation


def test_a_whole_number_is_taken_for_a_factor(tmp_path):
    factor = (
        loaded(tmp_path, MINIMAL + "augment: [random_rotation: {factor: [0, 1]}]\n")
        .augment[0]
        .parameters.factor
    )
    assert factor == (0.0, 1.0) and all(type(each) is float for each in factor)
