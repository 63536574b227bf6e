"""Every block of the registry: it builds, keeps its promises on shapes and names, and learns."""

# ruff: noqa: E501  (one case, one line)
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cnnlab.blocks import block
from cnnlab.datasets.base import DatasetInfo
from cnnlab.errors import ConfigError
from cnnlab.items import Item
from tests.blocks.samples import CASES, INFO, applied, item, network
from tests.sample_configs import MINIMAL, loaded

pytestmark = pytest.mark.keras

VECTORS = {"dense_block", "classifier"}


def ids(case: Any) -> str:
    return f"{case[0]}-{'-'.join(map(str, case[1].values()))}"


def test_every_block_is_tried():
    assert {case[0] for case in CASES} == set(block)


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_output_shape_is_the_declared_one(case):
    model = applied(case)
    assert model.output_shape[1:] == case[3]
    images = np.random.default_rng(0).normal(size=(2, *case[2])).astype("float32")
    outputs = np.asarray(model(images, training=False))
    assert outputs.shape == (2, *case[3]) and np.isfinite(outputs).all()
    assert np.asarray(model(images[:1], training=True)).shape == (1, *case[3])


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_every_trainable_weight_learns(case):
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    model = applied(case)
    rng = np.random.default_rng(0)
    images = tf.constant(rng.normal(size=(4, *case[2])), "float32")
    upstream = tf.constant(rng.normal(size=(4, *case[3])), "float32")
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model(images, training=True) * upstream)
    for weight, gradient in zip(
        model.trainable_weights, tape.gradient(loss, model.trainable_weights), strict=True
    ):
        assert gradient is not None, weight.path
        assert np.isfinite(gradient).all() and np.any(np.abs(gradient) > 0), weight.path


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_a_saved_block_is_plain_keras(case):
    import keras

    model = applied(case)
    twin = keras.Model.from_config(model.get_config())
    twin.set_weights(model.get_weights())
    images = np.random.default_rng(0).normal(size=(2, *case[2])).astype("float32")
    assert np.array_equal(model(images), twin(images))


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_layer_names_are_explicit_and_unique_when_a_block_stands_twice(case):
    name, parameters, shape, _ = case
    once = item(name, **parameters)
    before = [item("flatten")] if len(shape) == 1 else []
    after = [] if name == "classifier" else [item("flatten"), item("classifier")]

    def names() -> list[str]:
        info = INFO if len(shape) == 1 else DatasetInfo((27, 25, 3), INFO.class_names)
        twice = [once] if name == "global_average_pool" else [once, once]
        return [layer.name for layer in network([*before, *twice, *after], info).layers]

    first = names()
    assert first == names()  # nothing depends on what the process built before
    assert len(set(first)) == len(first)
    fixed = ("image", "scale", "flatten", "classifier")
    assert all(each.startswith((f"{name}_1", f"{name}_2", *fixed)) for each in first)


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (
            [item("max_pool", pool_size=10), item("flatten"), item("classifier")],
            "model.0.max_pool: cannot be applied to its input of shape (9, 8, 3): "
            "max pooling of 10x10 does not fit into an image of 9x8.",
        ),
        (
            [item("conv_block", filters=2)] * 4 + [item("flatten"), item("classifier")],
            "model.3.conv_block: cannot be applied to its input of shape (1, 1, 2): max pooling of 2x2 does not fit",
        ),
        (
            [item("conv", filters=2, padding="valid", kernel_size=9), item("flatten"), item("classifier")],
            "model.0.conv: cannot be applied to its input of shape (9, 8, 3): "
            "a kernel of 9x9 does not fit into an image of 9x8.",
        ),
        (
            [item("dense_block", units=3), item("classifier")],
            "model.0.dense_block: cannot be applied to its input of shape (9, 8, 3): dense_block expects vectors: put "
            "flatten or global_average_pool before it.",
        ),
        ([item("classifier")], "model.0.classifier: cannot be applied to its input of shape (9, 8, 3): classifier expects"),
        ([item("flatten"), item("conv", filters=2)], "model.1.conv: cannot be applied to its input of shape (216,): conv expects images: put it before flatten"),
        ([item("flatten"), item("max_pool")], "model.1.max_pool: cannot be applied to its input of shape (216,): "),
        ([item("flatten"), item("residual_block", filters=2)], "model.1.residual_block: cannot be applied to"),
        ([item("flatten"), item("global_average_pool")], "model.1.global_average_pool: cannot be applied to"),
        ([item("flatten")], "model: the last block gives the shape (216,), expected (5,), one probability per class"),
    ],
)  # fmt: skip
def test_a_block_that_does_not_fit_is_named_with_its_input(blocks, said):
    with pytest.raises(ConfigError) as caught:
        network(blocks)
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value) and "keras" not in str(caught.value).lower()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("x + undefined", "NameError: name 'undefined' is not defined."),
        ("layers.Dense(3).no_such_thing", "AttributeError: 'Dense' object has no attribute 'no_such_thing'."),
        ("layers.MaxPooling2D(20)(x)", "Computed output size would be zero or negative"),
        ("layers.Conv2D(-1, 3)(x)", "Invalid value for argument `filters`"),
    ],
)
def test_a_block_of_ones_own_that_fails_is_named(monkeypatch, body, said):
    monkeypatch.setattr(block, "_entries", dict(block._entries))
    exec(f"def failing(x):\n    from keras import layers\n    return {body}\n", namespace := {})
    block(namespace["failing"])
    with pytest.raises(ConfigError) as caught:
        network([item("failing"), item("flatten"), item("classifier")])
    message = str(caught.value)
    assert message.startswith("model.0.failing: cannot be applied to its input of shape (9, 8, 3): ")
    assert said in message and message.isprintable()


def test_a_block_of_ones_own_in_ten_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(block, "_entries", dict(block._entries))
    (tmp_path / "my_blocks.py").write_text(
        "from cnnlab.blocks import block\n\n\n"
        "@block\n"
        "def squeeze_excite(x, *, name: str, ratio: int = 2):\n"
        "    '''Scales each channel by a learned gate.'''\n"
        "    from keras import layers\n\n"
        "    gate = layers.GlobalAveragePooling2D(keepdims=True, name=f'{name}_mean')(x)\n"
        "    gate = layers.Dense(x.shape[-1] // ratio, 'relu', name=f'{name}_squeeze')(gate)\n"
        "    gate = layers.Dense(x.shape[-1], 'sigmoid', name=f'{name}_excite')(gate)\n"
        "    return layers.Multiply(name=f'{name}_scale')([x, gate])\n"
    )
    content = MINIMAL.replace("- flatten", "- squeeze_excite: {ratio: 4}\n  - squeeze_excite\n  - flatten")
    model = network(list(loaded(tmp_path, content + "extensions: [my_blocks.py]\n").model))
    assert model.get_layer("squeeze_excite_1_squeeze").units == 1
    assert model.get_layer("squeeze_excite_2_squeeze").units == 2
    assert model.output_shape == (None, 5)


Networks = list[tuple[str, DatasetInfo, Callable[[], list[Item]], int, int]]
MNIST = DatasetInfo((28, 28, 1), tuple("0123456789"))
PCAM = DatasetInfo((32, 32, 3), ("normal", "tumour"))


def lab2024(widths: tuple[int, int, int]) -> list[Item]:
    shared: dict[str, Any] = {"batch_norm": True, "l2": 1e-4}
    first, second, third = widths
    return [
        item("conv_block", filters=first, **shared),
        item("conv_block", filters=second, dropout=0.1, **shared),
        item("conv_block", filters=third, dropout=0.1, **shared),
        item("flatten"),
    ]


def residual2025() -> list[Item]:
    shared: dict[str, Any] = {
        "shortcut": "convolution",
        "negative_slope": 0.1,
        "kernel_initializer": "glorot_normal",
    }
    head = item(
        "dense_block", units=256, activation="leaky_relu", negative_slope=0.1, batch_norm=True, dropout=0.2
    )
    return [
        item("residual_block", filters=32, pool_size=2, dropout=0.3, **shared),
        item("residual_block", filters=64, pool_size=2, dropout=0.3, **shared),
        item("residual_block", filters=128, dropout=0.2, **shared),
        item("global_average_pool"),
        head,
        item("classifier"),
    ]


def strided2025() -> list[Item]:
    norm: dict[str, Any] = {"momentum": 0.9, "epsilon": 1e-5, "negative_slope": 0.1}
    shared: dict[str, Any] = {"use_bias": False, "shortcut_batch_norm": True, **norm}
    return [
        item("conv_block", filters=32, convs=1, batch_norm=True, use_bias=False, activation="leaky_relu", pool_size=None, **norm),
        item("residual_block", filters=32, **shared),
        item("residual_block", filters=64, strides=2, **shared),
        item("residual_block", filters=128, strides=2, **shared),
        item("global_average_pool"),
        item("dense_block", units=256, activation="leaky_relu", batch_norm=True, dropout=0.2, **norm),
        item("classifier"),
    ]  # fmt: skip


KNOWN: Networks = [
    ("verify", MNIST, lambda: [
        item("conv_block", filters=4, convs=1), item("conv_block", filters=8, convs=1), item("flatten"), item("classifier"),
    ], 4_266, 4_266),
    ("mnist128-2025", MNIST, lambda: [
        *(item("conv_block", filters=n) for n in (8, 16, 32)), item("flatten"),
        *(item("dense_block", units=n, l2=0.001, dropout=0.2) for n in (256, 128, 64)), item("classifier"),
    ], 133_826, 133_826),
    ("mnist128-2024", MNIST, lambda: [
        *lab2024((64, 128, 128)), item("dense_block", units=512, dropout=0.1), item("classifier"),
    ], 1_152_202, 1_150_922),
    ("pcam-2024", PCAM, lambda: [
        *lab2024((128, 128, 256)), item("dropout", rate=0.3), item("dense_block", units=256, dropout=0.3),
        item("dense_block", units=256), item("classifier"),
    ], 2_450_818, 2_448_770),
    ("pcam-2025", PCAM, residual2025, 333_922, 332_514),
    ("pcam-2025-strided", PCAM, strided2025, 343_266, 341_410),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "info", "blocks", "total", "trainable"), KNOWN, ids=[known[0] for known in KNOWN]
)
def test_published_networks_have_their_number_of_weights(name, info, blocks, total, trainable):
    model = network(blocks(), info)
    assert model.count_params() == total
    assert sum(int(np.prod(weight.shape)) for weight in model.trainable_weights) == trainable
