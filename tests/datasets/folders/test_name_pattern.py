"""What a person's pattern says of names."""

import pytest

from cnnlab.datasets import data_places, dataset, load_dataset
from cnnlab.errors import DataError
from tests.datasets.image_layouts import described, load, write
from tests.datasets.parquet_files import picture


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("(", "expected a regular expression, got '\\(' "),
        ("(?P<klass>a)", r"expected named groups among label, group, split, got \(\?P<klass>"),
        ("", "at least 1"),
        (3, "valid string"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_config(value, text):
    with pytest.raises(ValueError, match=text):
        dataset.get("folder").parameters.model_validate({"path": "x", "pattern": value})


def test_a_pattern_says_everything(tmp_path):
    write(tmp_path / "images", "x/train_p1_cat.png x/train_p2_dog.png x/val_p3_cat.png y.png")
    found = load(tmp_path, pattern="(?P<split>[a-z]+)_(?P<group>p.)_(?P<label>[a-z]+)", test_fraction=0)
    assert described(found) == (
        "train: x/train_p1_cat.png=cat[p1], x/train_p2_dog.png=dog[p2] validation: x/val_p3_cat.png=cat[p3]"
    )
    assert found.reading.startswith("Labels, groups, splits by the pattern (?P<split>[a-z]+)_")
    assert found.notes[0] == "1 image that `pattern` does not match was left out: y.png."


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (
            "nothing",
            r"the pattern nothing matches none of the image files ant/1.png, bee/2.png; it is searched in",
        ),
        (
            "(?P<split>[a-z]+)/",
            "ant/1.png: the pattern finds the split ant, expected train, validation or test",
        ),
    ],
)
def test_a_pattern_that_does_not_fit_is_a_sentence(tmp_path, pattern, text):
    write(tmp_path / "images", "ant/1.png bee/2.png")
    with pytest.raises(DataError, match=text):
        load(tmp_path, pattern=pattern)


def test_where_names_alone_could_say_the_class_the_key_is_named_and_its_example_works(tmp_path):
    for number, kind in enumerate(["cat", "dog"] * 5):
        (tmp_path / f"{kind}.{number}.png").write_bytes(picture(100 + number, 8))
    made = dataset.get("folder").parameters
    with pytest.raises(DataError, match="the key `pattern`") as caught:
        load_dataset("folder", made(path=str(tmp_path)), data_places())
    advised = str(caught.value).partition("such as '")[2].partition("'")[0]
    found = load_dataset("folder", made(path=str(tmp_path), pattern=advised), data_places())
    assert found.info.class_names == ("cat", "dog") and len(found.train) + len(found.test) == 10
