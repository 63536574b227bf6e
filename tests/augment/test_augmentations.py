"""Every augmentation of the registry, with defaults and at the edges of what the schema allows."""

import inspect
from typing import Any

import numpy as np
import pytest

from cnnlab.augment import augmentation
from cnnlab.registry import Entry
from tests.sample_configs import MINIMAL, loaded, refusal

RANGES = [(-1.0, 1.0), (0.0, 1.0)]
NEEDED = {"factor": 0.1, "height_factor": 0.1, "width_factor": 0.1}
UNIT: list[Any] = [0, 0.5, 1, (0.0, 1.0), (0.25, 0.25)]
SIGNED: list[Any] = [*UNIT, -1, (-1.0, 1.0), (-0.5, -0.25)]
ZOOM: list[Any] = [*UNIT, -0.99, (-0.99, 1.0)]
EDGES: dict[str, dict[str, list[Any]]] = {
    "aug_mix": {"factor": [0, 1], "alpha": [0.01, 10], "num_chains": [1], "chain_depth": [1], "all_ops": [False]},
    "auto_contrast": {},
    "equalization": {"bins": [2, 65_536]},
    "rand_augment": {"factor": [0, 1], "num_ops": [1, 4], "interpolation": ["nearest"]},
    "random_affine": {
        "rotation_degrees": [0, 20, 180],
        "log_scale": [0, 0.2, 2],
        "log_anisotropy": [0, 0.15, 2],
        "shear": [0, 0.3, 2],
        "translation": UNIT[:3],
        "fill_mode": ["reflect", "constant"],
    },
    "random_brightness": {"factor": SIGNED},
    "random_color_degeneration": {"factor": SIGNED},
    "random_color_jitter": {
        "brightness_factor": SIGNED,
        "contrast_factor": UNIT,
        "saturation_factor": SIGNED,
        "hue_factor": UNIT,
    },
    "random_contrast": {"factor": UNIT},
    "random_elastic": {"sigma": [0.5, 4, 100], "displacement": [0, 0.7, 100], "fill_mode": ["reflect", "constant"]},
    "random_d4": {},
    "random_stain": {"factor": [0, 1], "shift": [0, 1]},
    "random_elastic_transform": {"factor": UNIT, "scale": UNIT, "fill_mode": ["wrap"]},
    "random_erasing": {"factor": UNIT, "scale": UNIT, "fill_value": [0.5]},
    "random_flip": {"mode": ["horizontal", "vertical"]},
    "random_gaussian_blur": {"factor": UNIT, "sigma": UNIT, "kernel_size": [1, 5, 11]},
    "random_grayscale": {"factor": [0, 1]},
    "random_hue": {"factor": UNIT},
    "random_invert": {"factor": UNIT},
    "random_perspective": {"factor": [0, 1], "scale": [0, 1]},
    "random_posterization": {"factor": [1, 8, (1, 8), (3, 3)]},
    "random_rotation": {"factor": SIGNED, "fill_mode": ["constant", "nearest", "wrap"]},
    "random_saturation": {"factor": SIGNED},
    "random_sharpness": {"factor": UNIT},
    "random_shear": {"x_factor": UNIT, "y_factor": UNIT},
    "random_stroke_width": {"factor": [0, 0.5, 1]},
    "random_translation": {"height_factor": SIGNED, "width_factor": SIGNED},
    "random_zoom": {"height_factor": ZOOM, "width_factor": ZOOM},
    "solarization": {"addition_factor": UNIT, "threshold_factor": UNIT},
}  # fmt: skip


def cases(name: str) -> list[dict[str, Any]]:
    fields = augmentation.get(name).parameters.model_fields
    needed = {key: NEEDED[key] for key, field in fields.items() if field.is_required()}
    if name == "random_posterization":
        needed = {"factor": 4}
    return [needed, *({**needed, key: value} for key, values in EDGES[name].items() for value in values)]


def layer(entry: Entry, data_range: tuple[float, float], **parameters: Any) -> Any:
    return entry(parameters=entry.parameters.model_validate(parameters), data_range=data_range)


def images(data_range: tuple[float, float], channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).uniform(*data_range, (4, 12, 10, channels)).astype("float32")


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


@pytest.mark.keras
@pytest.mark.parametrize(
    "name", [name for name in augmentation if "value_range" in augmentation.get(name).parameters.model_fields]
)
def test_the_range_comes_from_the_data_unless_the_config_states_it(name):
    entry = augmentation.get(name)
    parameters = cases(name)[0]
    injected = layer(entry, (-1.0, 1.0), **parameters)
    stated = layer(entry, (-1.0, 1.0), **parameters, value_range=(0.0, 255.0))
    inner, outer = (getattr(each, "inner", each) for each in (injected, stated))
    if inner is injected:
        assert tuple(inner.value_range) == (-1.0, 1.0) and tuple(outer.value_range) == (0.0, 255.0)
    else:
        assert tuple(inner.value_range) == tuple(outer.value_range) == (0.0, 1.0)


@pytest.mark.keras
def test_inverting_turns_an_image_into_its_negative():
    before = images((-1.0, 1.0))
    inverted = layer(augmentation.get("random_invert"), (-1.0, 1.0), factor=(1.0, 1.0))
    assert np.allclose(inverted(before, training=True), -before, atol=1e-6)
    assert np.array_equal(inverted(before, training=False), before)


@pytest.mark.keras
def test_no_saturation_is_grey_and_half_is_no_change():
    before = images((-1.0, 1.0))
    entry = augmentation.get("random_saturation")
    grey = np.asarray(layer(entry, (-1.0, 1.0), factor=(0.0, 0.0))(before, training=True))
    assert np.allclose(grey, grey[..., :1], atol=1e-5)
    same = np.asarray(layer(entry, (-1.0, 1.0), factor=(0.5, 0.5))(before, training=True))
    assert np.allclose(same, before, atol=1e-5)


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
