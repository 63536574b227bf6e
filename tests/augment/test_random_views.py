"""Random views: made behind preprocessing and scaling, the same each time, and averaged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.augment.views import Views, view_set
from cnnlab.backends import active
from tests.sample_configs import MINIMAL, loaded, refusal

AFFINE = {"random_affine": {"rotation_degrees": 10.0, "translation": 0.1}}


def random_views(count: int, *augment: Any) -> Views:
    entry = view_set.get("random")
    return entry(parameters=entry.parameters.model_validate({"views": count, "augment": augment}))


def network(members: int = 1) -> Any:
    """A network with random weights that deskews its images."""
    import keras

    from cnnlab.config.load import check, document_of
    from cnnlab.datasets.base import DatasetInfo
    from cnnlab.training.model import build_model, ensemble_model

    blocks = [{"conv_block": {"convs": 1, "filters": 4}}, "flatten", "classifier"]
    plain = {"name": "x", "data": {"dataset": "mnist10k"}, "preprocess": ["deskew"], "model": blocks}
    config, info = check(document_of(plain, Path("c.yaml"))), DatasetInfo((28, 28, 1), ("a", "b", "c"))
    keras.utils.set_random_seed(0)
    made = [
        build_model(config.model, info, config.data.scale, None, config.preprocess) for _ in range(members)
    ]
    return made[0] if members == 1 else ensemble_model(made)


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    from cnnlab.datasets import data_places, load_dataset
    from cnnlab.datasets.base import dataset

    data = load_dataset("mnist10k", dataset.get("mnist10k").parameters(), data_places(None))
    return np.asarray(data.train.images[:50])


@pytest.mark.keras
@pytest.mark.parametrize("members", [1, 2])
def test_one_view_and_views_that_change_nothing_are_the_plain_network(
    images: np.ndarray, members: int
) -> None:

    model = network(members)
    plain = active().forward(model)(images)
    np.testing.assert_allclose(
        random_views(1, AFFINE).forward(model, active().forward)(images), plain, atol=1e-6
    )
    still = random_views(3, {"random_affine": {}})
    np.testing.assert_allclose(still.forward(model, active().forward)(images), plain, atol=1e-5)


@pytest.mark.keras
def test_views_are_averaged_and_come_again(images: np.ndarray) -> None:
    """The second view alone is twice the mean of two, less the first; it differs from it, and so do both sets."""
    model = network()
    one, two, three = (
        random_views(count, AFFINE).forward(model, active().forward)(images) for count in (1, 2, 3)
    )
    second = 2 * two - one
    third = 3 * three - 2 * two
    assert np.abs(second - one).max() > 0.01 and np.abs(third - second).max() > 0.01
    for probabilities in (two, second, third):
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(random_views(3, AFFINE).forward(model, active().forward)(images), three)


@pytest.mark.keras
def test_the_image_is_deskewed_before_it_is_varied(images: np.ndarray) -> None:
    """A network that sums up how far the ink leans: deskewed first, views lean as far as they are sheared."""
    import keras

    whole = network()
    x = keras.layers.Flatten()(whole.get_layer("scale").output)
    columns = np.tile(np.arange(28.0) - 13.5, 28)[:, None]
    sums = keras.layers.Dense(1)
    leaning = keras.Model(whole.input, sums(x))
    sums.set_weights([columns, np.zeros(1)])
    shifted = random_views(2, {"random_affine": {"translation": 0.2}}).forward(leaning, active().forward)(
        images
    )
    plain = random_views(1, AFFINE).forward(leaning, active().forward)(images)
    assert np.abs(plain).max() < 5 and np.abs(shifted).max() > 50


def test_a_config_names_the_views_and_what_varies_them(tmp_path: Path) -> None:
    text = MINIMAL + "evaluation: {tta: {name: random, views: 4, augment: [random_affine: {shear: 0.1}]}}\n"
    config = loaded(tmp_path, text)
    assert len(random_views(4, AFFINE)) == 4 and config.evaluation.tta.parameters.views == 4
    plain = config.model_dump(mode="json")["evaluation"]["tta"]
    assert plain["augment"][0]["random_affine"]["shear"] == 0.1
    said = refusal(tmp_path, text.replace("shear", "sheer"))
    assert "augment.0.random_affine.sheer: unknown key 'sheer' (did you mean 'shear'?)" in said
    assert "expected at least 1 item" in refusal(
        tmp_path, MINIMAL + "evaluation: {tta: {name: random, augment: []}}\n"
    )
