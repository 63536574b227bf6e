"""What is wrong with a file, in half a sentence."""

import pytest

from cnnlab.datasets.damage import GZIP, looks_like_html, starts_with, wrong_kind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is a Git LFS pointer"),
        (b"\n <HTML><body>", "it is a web page"),
        (b"\x89HDF\r\n\x1a\n", None),
    ],
)
def test_what_is_no_data_file_is_said(tmp_path, content, said):
    path = tmp_path / "x"
    path.write_bytes(content)
    found = wrong_kind(path)
    assert found is None if said is None else found is not None and found.startswith(said)
    assert looks_like_html(path) == (said == "it is a web page")


def test_a_folder_and_nothing_at_all(tmp_path):
    assert wrong_kind(tmp_path) == "it is a folder"
    assert wrong_kind(tmp_path / "x") == "there is no such file"


def test_the_first_bytes_are_compared(tmp_path):
    (tmp_path / "x").write_bytes(GZIP + b"...")
    assert starts_with(tmp_path / "x", GZIP) and not starts_with(tmp_path / "x", b"PK")
