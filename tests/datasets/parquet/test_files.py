"""Which Parquet files belong to which part."""

import pytest

from cnnlab.datasets.parquet.files import parquet_files
from cnnlab.errors import DataError


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_pieces_are_taken_in_order_and_hidden_things_are_not(tmp_path):
    touch(
        tmp_path,
        "data/train-00001-of-00002.parquet",
        "data/train-00000-of-00002.parquet",
        ".cache/x/a.parquet",
    )
    touch(tmp_path, "README.md", "data/test-00000-of-00001.parquet")
    found = parquet_files(tmp_path)
    assert {part: [file.name for file in files] for part, files in found.items()} == {
        "train": ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"],
        "test": ["test-00000-of-00001.parquet"],
    }
    assert parquet_files(tmp_path / "README.md") == {} == parquet_files(tmp_path / "nowhere")
    assert [*parquet_files(tmp_path / "data/test-00000-of-00001.parquet")] == ["train"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            ["train-00000-of-00003.parquet", "train-00002-of-00003.parquet"],
            "lacks 1 file of the train part.*: 00001",
        ),
        (
            ["a/train.parquet", "b/train.parquet"],
            "of the train part in 2 folders, .*a, .*b, expected one data set",
        ),
        (["train-00000-of-00001.parquet", "train-00000-of-00002.parquet"], "are of different divisions"),
        (["train-00000-of-00001.parquet", "train.parquet"], "are of different divisions"),
    ],
)
def test_files_that_do_not_belong_together_are_refused(tmp_path, names, said):
    with pytest.raises(DataError, match=said):
        parquet_files(touch(tmp_path, *names))
