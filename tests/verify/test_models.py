"""The models that are verified: opened, without their preprocessing, and in another float type."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cnnlab.errors import CnnlabError, ConfigError
from cnnlab.verify.models import behind_preprocessing, check_fits, in_dtype, load_model


def test_a_model_of_other_images_or_classes_is_refused():
    model = SimpleNamespace(input_shape=(None, 28, 28, 1), output_shape=(None, 10))
    check_fits(model, (28, 28, 1), 10, Path("model.keras"))  # raises nothing
    for shape, classes in (((32, 32, 3), 10), ((28, 28, 1), 2)):
        with pytest.raises(ConfigError, match=r"maps \(None, 28, 28, 1\) to \(None, 10\), but the data need"):
            check_fits(model, shape, classes, Path("model.keras"))
    with pytest.raises(ConfigError, match="name the config or the data set"):
        check_fits(object(), (28, 28, 1), 10, Path("model.keras"))


@pytest.mark.keras
def test_a_file_that_is_no_model_is_a_sentence(tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("text")
    with pytest.raises(ConfigError, match=r"--weights: .*model\.keras cannot be opened as a Keras model: "):
        load_model(path)


@pytest.mark.keras
def test_a_copy_in_another_type_has_the_same_weights():
    import keras

    model = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])
    copy = in_dtype(model, "float64")
    assert {weight.dtype for weight in copy.weights} == {"float64"}
    for ours, theirs in zip(copy.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs.astype(np.float64))
    unknown = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.DepthwiseConv2D(3)])
    with pytest.raises(CnnlabError, match="depthwise"):
        in_dtype(unknown, "float64")


@pytest.mark.keras
def test_preprocessing_is_done_before_and_not_by_the_network():
    import keras

    images = keras.Input((2, 2, 1))
    steps = keras.Sequential([keras.Input((2, 2, 1)), keras.layers.Rescaling(2.0)], name="preprocess")
    scaled = keras.layers.Rescaling(0.5, name="scale")(steps(images))
    model = keras.Model(images, keras.layers.Flatten()(scaled))
    rest, prepare = behind_preprocessing(model)
    pixels = np.arange(8.0).reshape(2, 2, 2, 1)
    np.testing.assert_array_equal(prepare(pixels), 2 * pixels)
    np.testing.assert_array_equal(rest.predict(pixels, verbose=0), pixels.reshape(2, 4) / 2)
    same, nothing = behind_preprocessing(rest)
    assert same is rest and nothing(pixels) is pixels
