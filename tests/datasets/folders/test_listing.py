"""One order for names, and what of a folder's content is looked at. No framework."""

import random

import pytest

from cnnlab.datasets.folders.listing import natural_order, pictures_in, visible
from cnnlab.errors import DataError

IN_ORDER = [
    *("0.png", "1.png", "02.png", "2.png", "10.png", "11.png", "99999999999999999999.png", "-1.png"),
    *("A.png", "b/2.png", "b/10.png", "b10/1.png", "img1.png", "img2_9.png", "img2_10.png", "img10.png"),
    "é.png",
]


def test_numbers_in_names_count_by_value():
    mixed = random.Random(0).sample(IN_ORDER, len(IN_ORDER))
    assert sorted(mixed, key=natural_order) == IN_ORDER


def test_a_number_may_have_more_digits_than_python_reads():
    long = ["1" * 10_000, "2" * 9999, "1" * 9999]
    assert sorted(long, key=natural_order) == long[::-1]


def test_what_programs_leave_behind_is_skipped_by_name_alone(tmp_path):
    for name in ("__MACOSX", "__pycache__", ".git", "@eaDir", "__init", "_", "macosx"):
        (tmp_path / name).mkdir()
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "._0.png", "10.png", "9.JPG", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    names = ["9.JPG", "10.png", "_", "__init", "macosx", "notes.txt"]
    assert [path.name for path in visible(tmp_path)] == names
    files, left_out = pictures_in(tmp_path)
    assert [file.name for file in files] == ["9.JPG", "10.png"] and left_out == 4


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(DataError, match="gone cannot be read"):
        visible(tmp_path / "gone")
