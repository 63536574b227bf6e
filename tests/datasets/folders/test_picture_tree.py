"""What lies below a folder, whatever it is."""

import os

import pytest

from cnnlab.datasets.folders.picture_tree import picture_tree
from cnnlab.errors import DataError


def make(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    return folder


def test_everything_has_its_place_in_natural_order(tmp_path):
    make(
        tmp_path,
        "b/10.png",
        "b/9.PNG",
        "a/deep/1.tiff",
        "1.JPG",
        "b/notes.txt",
        ".hidden/1.png",
        "__MACOSX/1.png",
    )
    make(tmp_path, "film.gif", "b/Thumbs.db")
    (tmp_path / "none" / "at all").mkdir(parents=True)
    tree = picture_tree(tmp_path)
    assert tree.pictures == ["1.JPG", "a/deep/1.tiff", "b/9.PNG", "b/10.png"]
    assert tree.others == ["b/notes.txt", "film.gif"] and tree.bare == ["none/at all", "none"]
    assert tree.content() == "the folders a, b, none and files (.JPG, .gif)"
    assert tree.content(("none",)) == "the folder at all" and tree.content(("none", "at all")) == ""


def test_links_lead_in_no_circle_and_pipes_are_no_images(tmp_path):
    make(tmp_path, "in/1.png", "out/2.png")
    os.mkfifo(tmp_path / "in" / "pipe.png")
    (tmp_path / "in" / "self.png").symlink_to("self.png")
    (tmp_path / "in" / "gone.png").symlink_to("nowhere.png")
    (tmp_path / "in" / "up").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "aside").symlink_to(tmp_path / "out")
    tree = picture_tree(tmp_path / "in")
    assert tree.pictures == ["1.png", "aside/2.png"] and tree.bare == ["up"]
    assert tree.others == ["gone.png", "pipe.png", "self.png"]


def test_what_lies_too_deep_is_refused(tmp_path):
    make(tmp_path, "/".join("abcdefghijkl") + "/1.png")
    assert len(picture_tree(tmp_path).pictures) == 1
    make(tmp_path, "/".join("abcdefghijklm") + "/1.png")
    with pytest.raises(
        DataError, match=r"m lies more than 12 folders below .*: name the folder of the images"
    ):
        picture_tree(tmp_path)
