"""``cnnlab data``: exit codes and what is printed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.datasets.audit.samples import textured
from tests.datasets.image_layouts import write
from tests.datasets.pcam_files import write_lab

pytestmark = pytest.mark.heavy


def test_check_says_which_file_is_damaged_and_exits_with_5(tmp_path: Path, cnnlab: Any) -> None:
    """Sound files on stdout, the others on stderr, all in the JSON."""
    write_lab(tmp_path / "pcam_lab")
    done = cnnlab("data", "check", "pcam_lab", "--data-dir", tmp_path, "--json")
    assert done.code == 0 and done.json["ok"] is True, done.err
    assert "train.h5: ok, train: 40 images 32x32x3" in done.out
    (tmp_path / "pcam_lab/valid.h5").write_text("<html>")
    (tmp_path / "pcam_lab/test_x.h5").unlink()
    done = cnnlab("data", "check", "pcam_lab", "--data-dir", tmp_path, "--json")
    assert done.code == 5
    assert (
        "valid.h5 cannot be read: it is a web page" in done.err and "test_x.h5, which is missing" in done.err
    )
    assert [file["status"] for file in done.json["files"]] == ["ok", "damaged", "missing"]


def test_fetch_names_what_can_be_fetched(tmp_path: Path, cnnlab: Any) -> None:
    """And exits with 2; what is there already is not asked for."""
    done = cnnlab("data", "fetch", "folder")
    assert done.code == 2 and "those that can are mnist, pcam" in done.err
    assert cnnlab("data", "fetch", "pcam", "--splits", ",").code == 2
    (tmp_path / "mnist.npz").write_bytes(b"x")
    done = cnnlab("data", "fetch", "mnist", "--data-dir", tmp_path, "--json")
    assert done.code == 0 and done.json["files"][0]["fetched"] is False
    assert "CC BY-SA 3.0" in done.err


def test_check_describes_a_persons_own_images_at_80_columns(tmp_path: Path, cnnlab: Any) -> None:
    """How they were read, classes, the positive one, what was left out; a sentence and 5 where they cannot be."""
    tables = {
        "train_labels.csv": "id,label\na,1\nb,0\nc,1\ngone,0\n",
        "sample_submission.csv": "id,label\nd,0\n",
    }
    write(tmp_path / "own", "train/a.tif train/b.tif train/c.tif test/d.tif", tables)
    done = cnnlab("data", "check", "folder", "--path", "own", "--set", "positive=0", "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    *lines, last = done.out.splitlines()
    assert lines[0] == "2 classes; images 6x4 gray: 3 train, 1 test"
    assert max(len(line) for line in lines if not line.startswith("in ")) <= 80  # a path is not broken
    assert "Read as: train_labels.csv (image: id, label: label)" in lines[2]
    assert ["1", "0", "(positive)", "1", "hidden"] in [line.split() for line in lines]
    assert "1 row of the labels has no image and was left out: gone." in lines
    assert (
        done.json["splits"]["train"]["by_class"] == [2, 1]
        and done.json["positive_class"] == "0"
        and last[0] == "{"
    )
    done = cnnlab("data", "check", "folder", "--path", "own/test", cwd=tmp_path)
    assert (
        done.code == 5
        and "own/test holds 0 class folders, but files (.tif); expected two or more" in done.err
    )


def test_check_reads_arrays_and_configs(tmp_path: Path, cnnlab: Any) -> None:
    """The same for npz, with the parameters of a config."""
    np.savez(tmp_path / "a.npz", x_train=np.full((4, 3, 3), 7, np.uint8), y_train=np.array(["no", "yes"] * 2))
    (tmp_path / "it.yaml").write_text(
        "name: x\ndata: {dataset: npz, path: a.npz}\nmodel: [flatten, classifier]\n"
    )
    done = cnnlab("data", "check", "-c", "it.yaml", cwd=tmp_path)
    assert done.code == 0, done.err
    assert (
        done.out.startswith("2 classes; images 3x3 gray: 4 train\n")
        and "1  yes (positive)      2" in done.out
    )
    assert "Audit: 3 of 4 train images are the same as another one" in done.out
    assert "  train 0 (no) and train 1 (yes): equal\n" in done.out


def test_check_says_what_an_audit_finds(tmp_path: Path, cnnlab: Any) -> None:
    """Pairs by name, in lines that fit the screen; or that there is nothing."""
    images = textured(12)
    for name, test in (("leak", images[3:5, ::-1]), ("clean", images[10:])):
        labels = {"y_train": np.arange(10) % 2, "y_test": np.array([1, 0])}
        np.savez(tmp_path / f"{name}.npz", x_train=images[:10], x_test=test, **labels)
        done = cnnlab("data", "check", "npz", "--path", f"{name}.npz", "--json", cwd=tmp_path)
        assert done.code == 0, done.err
        *lines, _ = done.out.splitlines()
        assert max(len(line) for line in lines if not line.startswith("in ")) <= 80  # a path is not broken
        assert ("Audit: nothing found." in lines) == (name == "clean")
        if name == "leak":
            assert "Audit: 2 of 2 test images are nearly the same as a train image." in lines
            assert "  train 3 (1) and test 0 (1): nearly equal, mirrored top to bottom" in lines
            assert done.json["audit"]["findings"][0]["count"] == 2
