"""What is said where files of PatchCamelyon are missing."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.errors import DataError
from tests.datasets.pcam_files import OFFICIAL, write_h5, write_kaggle, write_official


def load(name, folder):
    return load_dataset(name, dataset.get(name).parameters(), DataPlaces(folder))


def test_the_sentence_says_which_file_is_missing_and_what_is_there(tmp_path):
    """No download is suggested where another edition lies."""
    write_kaggle(tmp_path)
    (tmp_path / f"Labels/Labels/{OFFICIAL}_valid_y.h5").unlink()
    (tmp_path / "pcam/test_split.h5").unlink()
    with pytest.raises(DataError) as caught:
        load("pcam", tmp_path)
    said = str(caught.value)
    assert f"needs {OFFICIAL}_valid_y.h5, which is missing in {tmp_path}/pcam" in said
    assert "(it holds training_split.h5, validation_split.h5)" in said and "fetch" not in said
    status = {
        each.path.name: each.status for each in dataset.get("pcam").traits["files"](DataPlaces(tmp_path))
    }
    assert status[f"{OFFICIAL}_valid_y.h5"] == "missing" and status["training_split.h5"] == "ok"
    (tmp_path / "pcam/training_split.h5").unlink()
    with pytest.raises(DataError, match=r"needs training_split.h5, which is missing in"):
        load("pcam", tmp_path)


def test_what_is_no_edition_is_named_with_the_way_out(tmp_path):
    for number, (name, write, said) in enumerate(
        [
            (
                "pcam_lab",
                write_kaggle,
                r"training_split.h5, .* the data set 'pcam' reads: set data.dataset to pcam",
            ),
            ("pcam_lab", write_official, "train_x.h5, .* which the data set 'pcam' reads"),
            (
                "pcam",
                lambda at: write_h5(at / "patches_a.h5", x=np.zeros(3)),
                "There is patches_a.h5, whose names do not say",
            ),
            (
                "pcam",
                histopathologic,
                "image files, such as train/00ab.tif: set data.dataset to folder and data.path",
            ),
        ]
    ):
        folder = tmp_path / str(number) / "D"
        write(folder)
        with pytest.raises(DataError, match=said) as caught:
            load(name, folder)
        reports = dataset.get(name).traits["files"](DataPlaces(folder))
        assert not any(
            "fetch" in said for said in (str(caught.value), *(report.message for report in reports))
        )
    (tmp_path / "empty/D").mkdir(parents=True)
    with pytest.raises(DataError, match=r"in none of .*/D, .*/D/pcam.*cnnlab data fetch pcam"):
        load("pcam", tmp_path / "empty/D")


def histopathologic(folder: Path) -> None:
    """Kaggle's Histopathologic Cancer Detection."""
    (folder / "train").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(folder / "train/00ab.tif")
    (folder / "train_labels.csv").write_text("id,label\n00ab,1\n")
