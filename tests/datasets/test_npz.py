import numpy as np
import pytest

from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.errors import DataError

X = np.arange(12 * 5 * 4, dtype=np.uint8).reshape(12, 5, 4)
Y = np.arange(12) % 3


def nan_among_fractions(x, value=np.nan):
    fractions = x / 255
    fractions[7, 2, 1] = value
    return fractions


def load(path):
    parameters = dataset.get("npz").parameters.model_validate(
        {"path": path.name}, context={"directory": path.parent}
    )
    return load_dataset("npz", parameters, DataPlaces())


@pytest.fixture
def write(tmp_path):
    """Write an archive that is right but for the given arrays; None takes an array out."""

    def _write(**changes):
        arrays = {"x_train": X, "y_train": Y, "x_test": X[:6], "y_test": Y[:6], **changes}
        path = tmp_path / "mine.npz"
        np.savez(path, **{key: array for key, array in arrays.items() if array is not None})
        return path

    return _write


def test_images_and_labels_come_as_promised(write):
    loaded = load(write())
    np.testing.assert_array_equal(loaded.train.images, X[..., None])
    np.testing.assert_array_equal(loaded.test.labels, Y[:6])
    assert loaded.train.labels.dtype == np.int64
    assert loaded.info.image_shape == (5, 4, 1) and loaded.info.class_names == ("0", "1", "2")
    assert loaded.validation is None and loaded.title == "mine"


@pytest.mark.parametrize("word", ["validation", "valid", "val"])
def test_validation_has_three_spellings(write, word):
    loaded = load(write(**{f"x_{word}": X[:3], f"y_{word}": Y[:3]}))
    assert len(loaded.validation) == 3


def test_colour_images_keep_their_channels(write):
    loaded = load(write(x_train=np.zeros((12, 5, 4, 3), np.uint8), x_test=None, y_test=None))
    assert loaded.info.image_shape == (5, 4, 3) and loaded.test is None


@pytest.mark.parametrize(
    "convert",
    [
        lambda x: x.astype(np.int64),
        lambda x: x.astype(np.uint16),
        lambda x: x.astype(np.float32),
        lambda x: x.astype(np.float64),
        lambda x: x / 255,
        lambda x: x.astype(np.float32) / 255,
    ],
)
def test_bytes_in_other_types_come_back_exactly(write, convert):
    loaded = load(write(x_train=convert(X), x_test=convert(X[:6])))
    np.testing.assert_array_equal(loaded.train.images, X[..., None])
    np.testing.assert_array_equal(loaded.test.images, X[:6, ..., None])


@pytest.mark.parametrize(
    "labels", [Y[:, None], Y.astype(np.float32), Y.astype(np.uint8), np.eye(3)[Y], Y[:, None, None, None]]
)
def test_labels_come_in_many_forms(write, labels):
    np.testing.assert_array_equal(load(write(y_train=labels)).train.labels, Y)


def test_one_hot_columns_count_as_classes_even_when_empty(write):
    loaded = load(write(y_train=np.eye(4)[Y]))
    assert loaded.info.num_classes == 4


def test_a_dark_test_part_of_whole_numbers_is_of_the_scale_of_the_training_part(write):
    loaded = load(write(x_train=X + 0.0, x_test=X[:6] // 100 + 0.0))
    assert loaded.test.images.max() == 1 and len(loaded.notes) == 1


def test_classes_without_images_are_accepted_where_they_are_meant(write):
    names = np.array(["none", "ant", "bee", "cat"])
    loaded = load(write(y_train=Y + 1, y_test=Y[:6] + 1, class_names=names))
    assert loaded.info.class_names == tuple(names)


def test_classes_may_have_names(write):
    assert load(write(class_names=np.array(["ant", "bee", "cat"]))).info.class_names == ("ant", "bee", "cat")
    with pytest.raises(DataError, match=r"class_names is <U1 of shape \(2,\), expected 3 different texts"):
        load(write(class_names=np.array(["a", "b"])))


def test_test_images_without_labels_count_as_hidden(write):
    assert load(write(y_test=None)).test.labels is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"y_train": None}, "has no array y_train; it has x_train, x_test, y_test. Write it with"),
        ({"x_train": X[:7]}, "x_train holds 7 images and y_train 12 labels"),
        ({"x_test": None}, "has y_test but no images for it: add x_test"),
        ({"x_valid": X}, "has x_valid but no labels for it: add y_validation"),
        ({"x_vaild": X}, r"an array x_vaild \(did you mean x_valid\?\)"),
        ({"x_val": X, "x_valid": X}, "has both x_valid and x_val"),
        ({"x_test": X[:6, :3]}, r"the test images have shape \(3, 4, 1\) and those of x_train \(5, 4, 1\)"),
        ({"x_test": X[:6] / 255}, "x_test is float64 and x_train uint8: store both as the same type"),
        ({"x_train": X[0]}, r"x_train has shape \(5, 4\), expected images as"),
        ({"x_train": X[:0]}, r"x_train has shape \(0, 5, 4\)"),
        ({"x_train": np.zeros((12, 3, 9, 9), np.uint8)}, "looks like channels first"),
        ({"x_train": X * 2.5, "x_test": None, "y_test": None}, "holds the value .* expected bytes"),
        ({"x_train": X / 127.5 - 1, "x_test": None, "y_test": None}, "holds the value -1.0"),
        ({"x_train": X - np.float64(1), "x_test": None, "y_test": None}, "holds the value -1.0"),
        ({"x_train": X + np.int64(200), "x_test": None, "y_test": None}, r"the value 256 \(int64\)"),
        ({"x_train": np.full(X.shape, np.nan), "x_test": None, "y_test": None}, "the value nan"),
        ({"x_train": X > 3, "x_test": None, "y_test": None}, "x_train is bool, expected uint8"),
        (
            {"x_train": nan_among_fractions(X), "x_test": None, "y_test": None},
            r"x_train holds the value nan \(float64\) in its image 7",
        ),
        (
            {"x_train": nan_among_fractions(X, np.inf), "x_test": X[:6] / 255},
            r"x_train holds the value inf \(float64\) in its image 7",
        ),
        (
            {"x_train": X / 255, "x_test": nan_among_fractions(X[:8]), "y_test": Y[:8]},
            r"x_test holds the value nan \(float64\) in its image 7",
        ),
        (
            {"x_train": X + 0.0, "x_test": X[:6] / 255},
            "x_test has values up to 0.4667 and x_train up to 239: one is divided by 255",
        ),
        (
            {"x_train": X / 255, "x_test": X[:6] + 0.0},
            "x_test has values up to 119 and x_train up to 0.9373: one is divided by 255",
        ),
        (
            {"x_train": X / 255, "x_val": X + 0.0, "y_val": Y, "x_test": X[:6] / 255},
            "x_val has values up to 239",
        ),
        (
            {"x_train": X / 200, "x_test": None, "y_test": None},
            "holds the value 0.005 .* in its image 0, expected bytes",
        ),
        (
            {"x_train": X / 254, "x_test": None, "y_test": None},
            r"values from 0 to 1 those of \(x \* 255\).round",
        ),
        (
            {"x_train": X / 127.5 - 1, "x_test": None, "y_test": None},
            r"from -1 to 1 those of \(\(x \+ 1\) \* 127.5",
        ),
        (
            {"y_train": Y + 1, "y_test": Y[:6] + 1},
            "go up to 3, and none is 0; expected .* without a gap: number them",
        ),
        ({"y_train": Y * 2, "y_test": Y[:6] * 2}, "go up to 4, and none is 1"),
        (
            {"y_train": np.minimum(Y, 1)},
            "has a class '2' .*that the training images do not have",
        ),
        ({"y_train": Y - 1}, "y_train holds the label -1"),
        ({"y_train": np.where(Y == 2, 10**9, Y)}, "y_train holds the label 1000000000 at its image 2"),
        ({"y_train": Y + 0.5}, "y_train holds the label 0.5"),
        ({"y_train": Y.astype(str)}, "y_train is <U.*expected class indices"),
        ({"y_train": np.ones((12, 3))}, "its row 0 is not one-hot"),
        ({"y_train": np.zeros((12, 2, 2))}, r"y_train has shape \(12, 2, 2\)"),
        ({"y_train": Y * 100}, "the largest label is 200 among 18 labels"),
        ({"y_train": Y * 0, "y_test": Y[:6] * 0}, "expected at least two classes"),
        ({"y_train": np.array([{}] * 12)}, "it holds Python objects, expected arrays of numbers"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(write, changes, text):
    with pytest.raises(DataError, match=f"mine.npz.*{text}"):
        load(write(**changes))


def test_a_missing_file_a_folder_and_a_single_array_are_named(tmp_path):
    np.save(tmp_path / "single.npy", X)
    for name, text in [
        ("nothing.npz", "there is no such file.*If it was moved, .*--data-dir"),
        (".", "it is a folder.*Write it with numpy.savez_compressed"),
        ("single.npy", "not a NumPy archive.*Write it with numpy.savez_compressed"),
    ]:
        with pytest.raises(DataError, match=text):
            load(tmp_path / name)
