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


def load(path, **parameters):
    parameters = dataset.get("npz").parameters.model_validate(
        {"path": path.name, **parameters}, context={"directory": path.parent}
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
    with pytest.raises(DataError, match=r"has the label 2, and 2 classes: a, b; expected one of them"):
        load(write(class_names=np.array(["a", "b"])))
    with pytest.raises(DataError, match=r"class_names is int64 of shape \(3,\), expected different texts"):
        load(write(class_names=np.arange(3)))


def test_test_images_without_labels_count_as_hidden(write):
    assert load(write(y_test=None)).test.labels is None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"y_train": None},
            "has no array of labels to train on; it has x_train, x_test, y_test. Write it with",
        ),
        ({"x_train": X[:7]}, "x_train holds 7 images and y_train 12 values"),
        ({"x_test": None}, "has y_test but no images for it: add x_test"),
        ({"x_valid": X}, "has x_valid but no labels for it: add y_validation"),
        ({"x_vaild": X}, r"an array x_vaild, whose name says nothing \(did you mean x_valid\?\)"),
        ({"x_val": X, "x_valid": X}, "has both x_val and x_valid"),
        ({"x_test": X[:6, :3]}, r"the test images have shape \(3, 4, 1\) and those of train \(5, 4, 1\)"),
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
            {"y_train": Y * 2, "y_test": Y[:6] * 2},
            r"from 0 to 4, and none is 1: .*`classes: \[0, 2, 4\]`.*class_names",
        ),
        (
            {"y_train": np.minimum(Y, 1)},
            "has a class '2' .*that the training images do not have",
        ),
        ({"y_train": np.where(Y == 2, 10**9, Y)}, "from 0 to 1000000000, and none is 3"),
        ({"y_train": np.full(12, np.inf)}, "y_train holds the label inf at its image 0"),
        (
            {"y_train": np.where(Y == 2, 2**63, Y).astype(np.uint64)},
            "y_train holds the label 9223372036854775808 at",
        ),
        ({"y_train": Y + 0.5}, "y_train holds the label 0.5"),
        ({"y_train": Y.astype(str)}, "some parts have numbers as labels and others text"),
        ({"y_train": np.array(["a", ""] * 6), "y_test": None}, "y_train holds an empty label at its image 1"),
        ({"y_train": np.eye(2)[Y % 2].astype(str)}, r"y_train has shape \(12, 2\), expected one label"),
        (
            {"y_train": np.ones((12, 3))},
            "its row 0 is not one-hot: it has 3 ones, as where an image is of several",
        ),
        ({"y_train": np.eye(3)[Y] * 0.5}, "its row 0 is not one-hot: expected a single 1"),
        ({"x": X}, "has both x and x_train, expected one array of images"),
        ({"group_train": Y[:5]}, "x_train holds 12 images and group_train 5 values"),
        ({"patient_train": Y / 2}, r"patient_train is float64 of shape \(12,\), expected one group for each"),
        ({"y_train": np.zeros((12, 2, 2))}, r"y_train has shape \(12, 2, 2\)"),
        ({"y_train": Y * 100}, "from 0 to 200, and none is 3"),
        ({"y_train": Y * 0, "y_test": Y[:6] * 0}, "has one class, 0; expected two or more"),
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


def as_written(loaded):
    return [loaded.info.class_names[label] for label in loaded.train.labels]


def test_arrays_have_many_names(write, tmp_path):
    for x, y, others in [
        (
            "train_images",
            "train_labels",
            {"val_images": X[:3], "val_labels": Y[:3, None], "test_images": X[:2]},
        ),
        ("X_train", "Y_train", {"X_val": X[:3], "Y_val": Y[:3], "X_test": X[:2]}),
        ("trainX", "trainy", {"validX": X[:3], "validy": Y[:3], "testX": X[:2]}),
        ("images_train", "labels_train", {"images-dev": X[:3], "labels-dev": Y[:3], "images_test": X[:2]}),
        ("x", "y", {"x_valid": X[:3], "y_valid": Y[:3], "imgs_te": X[:2]}),
    ]:
        np.savez(tmp_path / "a.npz", **{x: X, y: Y[:, None]}, **others)
        loaded = load(tmp_path / "a.npz")
        np.testing.assert_array_equal(loaded.train.images, X[..., None], err_msg=x)
        np.testing.assert_array_equal(loaded.train.labels, Y)
        assert [len(split) for split in loaded.splits().values()] == [12, 3, 2] and loaded.test.labels is None
        assert f"train from {x}, {y}; validation from" in loaded.reading


@pytest.mark.parametrize(("x", "y"), [("x", "y"), ("images", "labels"), ("data", "target")])
def test_one_pair_without_a_part_is_divided(tmp_path, x, y):
    np.savez(tmp_path / "a.npz", **{x: X, y: Y})
    loaded = load(tmp_path / "a.npz")
    assert [*loaded.test.labels] == [0, 1, 2] and len(loaded.train) == 9
    np.testing.assert_array_equal(loaded.test.images, X[9:, ..., None])
    assert load(tmp_path / "a.npz", test_fraction=0).test is None
    np.savez(tmp_path / "b.npz", x_train=X, y_train=Y)
    assert load(tmp_path / "b.npz").test is None
    assert len(load(tmp_path / "b.npz", test_fraction=0.5).test) == 6


def test_groups_stay_together(tmp_path):
    patients = np.array(["a", "b", "c"]).repeat(4)
    np.savez(tmp_path / "a.npz", images=X, labels=Y, patient_id=patients)
    loaded = load(tmp_path / "a.npz")
    assert {*loaded.train.groups} == {"a", "b"} and {*loaded.test.groups} == {"c"}
    np.savez(tmp_path / "a.npz", x_train=X, y_train=Y, group_train=np.arange(12) // 4, x_test=X, group_test=Y)
    loaded = load(tmp_path / "a.npz")
    assert [*loaded.train.groups[[0, 11]]] == ["0", "2"] and loaded.test.groups[2] == "2"


def test_classes_are_what_is_written(write):
    for y, names in [
        (Y + 1, ("1", "2", "3")),
        (Y - 1, ("-1", "0", "1")),
        (np.array(["cat", "ant", "bee"])[Y], ("ant", "bee", "cat")),
        (np.array(["img10", "img9", "img2"], "S")[Y][:, None], ("img2", "img9", "img10")),
    ]:
        loaded = load(write(y_train=y, y_test=y[:6]))
        assert loaded.info.class_names == names
        written = [each.decode() if isinstance(each, bytes) else str(each) for each in y.ravel().tolist()]
        assert as_written(loaded) == written
    assert load(write(y_train=Y > 0, y_test=Y[:6] > 0)).info.class_names == ("0", "1")
    (note,) = load(write(y_train=Y + 1, y_test=Y[:6] + 1)).notes
    assert note.startswith("The labels are not the numbers of the classes: label 1 is class 0, 2 is class 1")


def test_names_order_and_positive_class_may_be_asked_for(write):
    names = np.array(["ant", "bee", "cat"])
    texts = {"y_train": names[Y], "y_test": names[Y[:6]]}
    loaded = load(write(**texts), classes=["cat", "ant"])
    assert loaded.info.class_names == ("cat", "ant") and len(loaded.train) == 8
    assert load(write(**texts), classes=["cat", "ant"], positive="ant").info.positive_class == "ant"
    assert load(write(**texts, class_names=names[::-1])).info.class_names == ("cat", "bee", "ant")
    assert load(write(y_train=Y + 1, y_test=Y[:6] + 1, class_names=names)).info.class_names == tuple(names)
    gap = {"y_train": Y * 2, "y_test": Y[:6] * 2}
    loaded = load(write(**gap), classes=[0, 2, 4])
    assert loaded.info.class_names == ("0", "2", "4") and as_written(loaded) == [str(y) for y in Y * 2]
    pair = {"y_train": Y % 2, "y_test": Y[:6] % 2}
    assert load(write(**pair), positive=0).info.class_names == ("1", "0")
