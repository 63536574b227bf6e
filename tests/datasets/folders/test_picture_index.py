"""Images found by what tables call them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.datasets.folders.picture_index import PictureIndex, several_folders

NAMES = ["train/1.png", "train/2.PNG", "test/1.png", "a.b.tif", "ü x.jpg", "train/deep/3.png"]
INDEX = PictureIndex(NAMES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2", ["train/2.PNG"]),
        ("2.PNG", ["train/2.PNG"]),
        ("2.png", ["train/2.PNG"]),
        ("2.jpg", ["train/2.PNG"]),
        ("a.b", ["a.b.tif"]),
        ("a.b.tif", ["a.b.tif"]),
        ("a", []),
        ("ü x", ["ü x.jpg"]),
        ("1", ["train/1.png", "test/1.png"]),
        ("train/1.png", ["train/1.png"]),
        ("./test/1.png", ["test/1.png"]),
        ("../../data/test/1", ["test/1.png"]),
        ("/home/me/train/1.png", ["train/1.png"]),
        ("C:\\data\\train\\1.png", ["train/1.png"]),
        ("/home/me/elsewhere/2.png", ["train/2.PNG"]),
        ("deep/3.png", ["train/deep/3.png"]),
        ("", []),
        ("/", []),
        ("..", []),
        ("/etc/passwd", []),
    ],
)
def test_a_text_means_the_images_that_share_most_with_it(text, found):
    assert [NAMES[position] for position in INDEX.find(text)] == found
    assert INDEX.is_image(text) == bool(found)


def test_folders_that_tell_images_apart_are_heeded():
    assert INDEX.find("other/2.png", strict=True) == [] and INDEX.find("train/2.png", strict=True) == [1]
    assert several_folders(["a/1.png", "b/1.png"]) and not several_folders(["/x/a/1.png", "/x/a/2.png"])


@given(st.text(max_size=30))
def test_no_text_finds_what_is_not_there(text):
    assert all(0 <= position < len(NAMES) for position in INDEX.find(text))
