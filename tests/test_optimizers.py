"""Optimizers: each takes the steps of its Keras namesake, with every parameter in its place."""

from typing import Any

import numpy as np
import pytest

from cnnlab.optimizers import optimizer

pytestmark = pytest.mark.keras

OTHERWISE: dict[str, dict[str, Any]] = {
    "adam": {"beta_1": 0.5, "beta_2": 0.7, "epsilon": 1e-3, "weight_decay": 0.1, "global_clipnorm": 0.5},
    "adamw": {"beta_1": 0.5, "beta_2": 0.7, "epsilon": 1e-3, "weight_decay": 0.1, "global_clipnorm": 0.5},
    "sgd": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "global_clipnorm": 0.5},
    "rmsprop": {
        "rho": 0.5,
        "momentum": 0.9,
        "epsilon": 1e-3,
        "centered": True,
        "weight_decay": 0.1,
        "global_clipnorm": 0.5,
    },
}
CLASSES = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop"}


def made(name: str, rate: Any = 0.01, averaging: dict[str, Any] | None = None, **parameters: Any) -> Any:
    entry = optimizer.get(name)
    checked = entry.parameters.model_validate(parameters)
    return entry(parameters=checked, learning_rate_schedule=rate, averaging=averaging or {})


def path(steps: Any) -> np.ndarray:
    """Where a weight of three numbers goes in four steps downhill."""
    import keras

    weight = keras.Variable([1.0, -2.0, 3.0])
    places = []
    for step in range(4):
        gradient = keras.ops.convert_to_tensor(np.array([1.0, -0.5, 2.0], "float32") * (step + 1))
        steps.apply([gradient], [weight])
        places.append(np.asarray(weight))
    return np.array(places)


def test_every_optimizer_is_tried():
    assert set(OTHERWISE) == set(CLASSES) == set(optimizer)


@pytest.mark.parametrize("name", optimizer)
def test_defaults_are_those_of_keras(name):
    from keras import optimizers

    theirs = getattr(optimizers, CLASSES[name])()
    rate = optimizer.get(name).parameters().learning_rate
    assert rate == pytest.approx(float(theirs.learning_rate))
    ours = made(name, rate)
    assert type(ours) is type(theirs)
    different = {key: value for key, value in ours.get_config().items() if value != theirs.get_config()[key]}
    assert set(different) <= {"learning_rate", "name"}
    assert np.array_equal(path(ours), path(theirs))


@pytest.mark.parametrize("name", optimizer)
def test_every_parameter_arrives(name):
    from keras import optimizers

    parameters = OTHERWISE[name]
    assert set(parameters) | {"learning_rate", "weight_decay_on"} == set(
        optimizer.get(name).parameters.model_fields
    )
    theirs = getattr(optimizers, CLASSES[name])(0.01, **parameters)
    assert np.array_equal(path(made(name, **parameters)), path(theirs))
    plain = path(made(name))
    for key, value in parameters.items():
        if key != "nesterov":
            assert not np.array_equal(path(made(name, **{key: value})), plain), key


@pytest.mark.parametrize("name", optimizer)
def test_no_weight_decay_is_none(name):
    assert np.array_equal(path(made(name, weight_decay=0.0)), path(made(name, weight_decay=0)))
    if name in {"adam", "sgd", "rmsprop"}:
        assert made(name).weight_decay is None


@pytest.mark.parametrize("name", optimizer)
@pytest.mark.parametrize("where", ["all", "kernels"])
def test_biases_and_norms_are_spared_where_asked(name, where):
    """With gradients of zero, only the decay moves a weight."""
    import keras

    keras.backend.clear_session()
    inputs = keras.Input((3,))
    x = keras.layers.Dense(2, bias_initializer="ones", name="gamma_rays")(inputs)
    x = keras.layers.BatchNormalization(beta_initializer="ones")(x)
    model = keras.Model(inputs, x)
    before = [np.asarray(weight) for weight in model.trainable_variables]
    steps = made(name, rate=0.1, weight_decay=0.5, weight_decay_on=where)
    steps.apply([keras.ops.zeros_like(w) for w in model.trainable_variables], model.trainable_variables)
    for weight, old in zip(model.trainable_variables, before, strict=True):
        decays = where == "all" or weight.name == "kernel"
        np.testing.assert_allclose(np.asarray(weight), old * (0.95 if decays else 1.0), rtol=1e-6)


@pytest.mark.parametrize("name", optimizer)
def test_schedule_and_averaging_arrive(name):
    from keras.optimizers import schedules

    made_one = made(name, schedules.ExponentialDecay(0.1, 1, 0.5), {"use_ema": True, "ema_momentum": 0.8})
    assert (made_one.use_ema, made_one.ema_momentum) == (True, 0.8)
    path(made_one)
    assert float(made_one.learning_rate) == pytest.approx(0.1 * 0.5**4)
