"""The rows of a sample submission find their images."""

from pathlib import Path

import pytest

from cnnlab.errors import CnnlabError, ConfigError, DataError
from cnnlab.predict.row_order import row_order
from cnnlab.predict.sample import Sample

FILES = ["test/a.tif", "test/b.v1.tif", "test/c.tif"]


def sample(*ids: str) -> Sample:
    return Sample(Path("s.csv"), ("id", "label"), ids, (("0",),))


@pytest.mark.parametrize(
    ("ids", "files", "positions", "kind"),
    [
        (["c", "a", "b.v1"], FILES, [2, 0, 1], "file names without extension"),
        (["b.v1.tif", "a.tif", "c.tif"], FILES, [1, 0, 2], "file names"),
        (["test/c.tif", "test/b.v1.tif", "test/a.tif"], FILES, [2, 1, 0], "paths of files"),
        (["2", "0", "1"], FILES, [2, 0, 1], "places counted from 0"),
        (["2", "0", "1"], None, [2, 0, 1], "places counted from 0"),
        (["1", "2", "3"], None, [0, 1, 2], "places counted from 1"),
        (["2", "1"], ["2.png", "1.png", "0.png"], [0, 1], "file names without extension"),
    ],
)
def test_ids_of_every_kind(ids, files, positions, kind):
    found, notes = row_order(sample(*ids), range(3), files)
    assert found.tolist() == positions
    assert notes[0] == f"s.csv: {len(ids)} rows, whose ids are {kind}."


def test_images_without_a_row_are_left_out_and_counted():
    _, notes = row_order(sample("c"), range(3), FILES)
    assert notes[1] == "2 images are not in s.csv, and left out: a, b.v1."
    _, notes = row_order(sample("c", "a"), range(3), FILES)
    assert notes[1] == "1 image is not in s.csv, and left out: b.v1."


def test_rows_without_an_image_are_named():
    with pytest.raises(DataError) as caught:
        row_order(sample("c", "x", "a", "y"), range(3), FILES)
    assert str(caught.value) == (
        "--like: 2 of the 4 ids of s.csv have no image: x, y (the images are called a, b.v1, c). A page refuses a file "
        "without these rows, so none is written: add the images, or take the rows out."
    )
    with pytest.raises(
        DataError, match=r"1 of the 4 ids of s.csv has no image: x.tif \(the images are called a.tif"
    ):
        row_order(sample("c.tif", "x.tif", "a.tif", "b.v1.tif"), range(3), FILES)
    with pytest.raises(DataError, match=r"1 of the 2 ids of s\.csv has no image: 9"):
        row_order(sample("1", "9"), range(3), None)


def test_an_id_that_two_images_have_is_refused_where_it_is_asked_for():
    files = ["x/a.tif", "y/a.tif", "y/b.tif"]
    with pytest.raises(CnnlabError, match=r"two images have the id 'a': x/a.tif and y/a.tif"):
        row_order(sample("b", "a"), range(3), files)
    assert row_order(sample("b"), range(3), files)[0].tolist() == [2]
    with pytest.raises(ConfigError, match="two images"):
        row_order(sample("a"), range(3), files)
