"""Images with random bytes in them, and run folders that lie: predicted, or refused in a sentence."""

import io
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from cnnlab.errors import CnnlabError, ConfigError, DataError, RunError
from cnnlab.predict.image_check import Expected
from cnnlab.predict.inputs import open_input
from cnnlab.predict.networks import trained_run
from cnnlab.predict.predictions import output_paths
from tests.datasets.pcam_files import images, write_h5
from tests.fake_runs import make_run
from tests.hostile import REPLACEMENTS, WRONG_VALUES, keys, replace_by, spoilt, with_value

pytestmark = pytest.mark.heavy

X = images(8, 32) // 2
EXPECTED = Expected((32, 32, 3))


def npy():
    buffer = io.BytesIO()
    np.save(buffer, X)
    return buffer.getvalue()


def npz():
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=X)
    return buffer.getvalue()


def png():
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(X[0]).save(buffer, "png")
    return buffer.getvalue()


def contents(kind, folder):
    if kind == "h5":
        return write_h5(
            folder / "sound.h5", {"chunks": (4, 32, 32, 3), "compression": "gzip"}, x=X
        ).read_bytes()
    return {"npy": npy, "npz": npz, "png": png}[kind]()


@pytest.mark.parametrize("kind", ["npy", "npz", "h5", "png"])
def test_spoilt_bytes_are_images_or_a_sentence(tmp_path, kind):
    rng = random.Random(kind)
    sound, path, refused = contents(kind, tmp_path), tmp_path / f"a.{kind}", 0
    for _ in range(120):
        path.write_bytes(spoilt(sound, rng))
        try:
            np.asarray(open_input([path], EXPECTED).images[:])
        except DataError as error:
            refused += 1
            assert str(error).isprintable() and str(error).endswith("."), str(error)
    assert refused > 20


@pytest.mark.parametrize("kind", ["npy", "npz", "h5", "png"])
@pytest.mark.parametrize("other", REPLACEMENTS)
def test_something_else_in_a_files_place_is_a_sentence(tmp_path, kind, other):
    path = tmp_path / f"a.{kind}"
    path.write_bytes(contents(kind, tmp_path))
    replace_by(other, path)
    with pytest.raises((CnnlabError, OSError)):
        np.asarray(open_input([path], EXPECTED).images[:])


def test_a_result_that_lies_about_its_images_is_refused(tmp_path):
    """Every key of result.json with wrong values: a run that can be used, or a RunError."""
    path = make_run(tmp_path / "runs", accuracies=[0.9], epochs=2).path
    target = path / "repeats/0/result.json"
    sound = json.loads(target.read_text()) | {"input": {"shape": [28, 28, 1], "range": [0, 255]}}
    for key in keys(sound):
        for value in WRONG_VALUES:
            target.write_text(json.dumps(with_value(sound, key, value)))
            try:
                trained = trained_run(path)
            except RunError:
                continue
            Expected.of_run(trained.run.config, trained.image_shape)
    shutil.rmtree(path)


@pytest.mark.parametrize("size", [["a", 1], [None, None], [1.5, 2], [-1, 3], [], "ab", [2, 3, 4]])
def test_a_config_that_lies_about_the_size_is_not_believed(size):
    assert Expected.of_run({"data": {"image_size": size}}, (8, 8, 1)).resize is None


@pytest.mark.parametrize("place", ["", ".", "/"])
def test_an_output_without_a_name_is_refused(place):
    with pytest.raises(ConfigError, match="names no file"):
        output_paths(Path(place), [0, 1])


def test_a_home_of_nobody_is_a_path_like_any_other():
    assert output_paths(Path("~nobody-of-that-name/a.csv"), [0]) == [
        Path("~nobody-of-that-name/a-repeat0.csv")
    ]
