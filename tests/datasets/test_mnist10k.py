import hashlib
import json
import time

import numpy as np

from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.datasets.bundled.make_mnist10k import make
from cnnlab.datasets.mnist10k import PATH


def load(places=None):
    return load_dataset("mnist10k", dataset.get("mnist10k").parameters(), places or DataPlaces())


SHA256 = "0217e13bd0668deb198aa7d305edbf0331eb89f8a6e7dd226e03d1aa3a9bd4ef"


def test_the_file_is_the_one_we_ship():
    content = PATH.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256
    assert len(content) < 3_000_000


def test_origin_and_licence_lie_beside_it():
    text = (PATH.parent / "LICENSES.md").read_text(encoding="utf-8")
    assert "Copyright (c) 2015 Juan Cazala" in text and "ShareAlike 3.0" in text and "LeCun" in text


def test_the_split_is_8000_and_2000_and_stratified():
    loaded = load()
    counts = [np.bincount(part.labels, minlength=10) for part in (loaded.train, loaded.test)]
    assert [int(each.sum()) for each in counts] == [8000, 2000]
    assert np.abs(counts[1] - (counts[0] + counts[1]) / 5).max() <= 0.5
    assert loaded.train.images.shape[1:] == loaded.info.image_shape == (28, 28, 1)


def test_no_image_is_in_both_parts_and_the_content_is_fixed():
    loaded = load()
    train, test = ({image.tobytes() for image in part.images} for part in (loaded.train, loaded.test))
    assert len(train) == 8000 and len(test) == 2000 and not train & test
    assert loaded.content_hash() == "ccd37177ea7e09e4cadedf501b78aa586c4681cf824c41307ff6bc6436f8940d"


def test_the_notes_say_that_this_is_not_mnist():
    assert "not an MNIST test accuracy" in load().notes[0]
    assert "not an MNIST test accuracy" in dataset.get("mnist10k").doc


def test_it_needs_no_place_and_little_time(tmp_path):
    load()
    start = time.process_time()
    load(DataPlaces(tmp_path / "nowhere"))
    assert time.process_time() - start < 0.3


def test_the_script_gives_back_every_byte_and_the_same_file_twice(tmp_path):
    digits = tmp_path / "package" / "src" / "digits"
    digits.mkdir(parents=True)
    values = np.arange(784) % 256
    for digit in range(10):
        data = [round(float(v) / 255, 3) for v in np.tile(values, digit + 1)]
        (digits / f"{digit}.json").write_text(json.dumps({"data": data}))
    for name in ("a.npz", "b.npz"):
        make(tmp_path / "package", tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    with np.load(tmp_path / "a.npz") as made:
        assert made["labels"].tolist() == [digit for digit in range(10) for _ in range(digit + 1)]
        np.testing.assert_array_equal(made["images"], np.tile(values.reshape(28, 28), (55, 1, 1)))
