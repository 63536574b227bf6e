"""What ``--bundled`` put in whose place, which every report on such a run must say."""

import os
import threading
from pathlib import Path

import pytest

from cnnlab.config.load import Options, resolve_bundled
from cnnlab.config.source import read_document
from tests.sample_configs import MINIMAL, written

MNIST = MINIMAL.replace("mnist10k", "mnist")
NO_DATA = MINIMAL.replace("data:\n  dataset: mnist10k\n", "")


def told_of(path, options):
    return resolve_bundled(read_document(path), options)


@pytest.mark.parametrize(
    ("text", "overrides", "used", "told"),
    [
        (MNIST, (), "mnist10k", "mnist"),
        (MINIMAL, (), "mnist10k", None),  # nothing stands in for itself
        (MNIST, ("data.train_size=50",), "mnist10k", "mnist"),
        (MNIST, ("data.dataset=mnist",), "mnist", None),  # --set acts last
        (MNIST, ("data={dataset: npz, path: a.npz}",), "npz", None),
        (NO_DATA, ("data.dataset=mnist10k",), "mnist10k", None),
    ],
)
def test_the_data_set_that_was_replaced_is_told(tmp_path, text, overrides, used, told):
    config, replaced = told_of(written(tmp_path, text), Options(bundled=True, overrides=overrides))
    assert (config.data.dataset.name, replaced) == (used, told)
    assert told_of(written(tmp_path, text), Options(overrides=("data.dataset=mnist",)))[1] is None


def test_a_config_from_a_pipe_is_read_once(tmp_path):
    """As in ``train --config <(...) --bundled``: a second look would wait, or find nothing."""
    os.mkfifo(tmp_path / "pipe.yaml")
    writer = threading.Thread(target=Path.write_text, args=(tmp_path / "pipe.yaml", MNIST), daemon=True)
    writer.start()
    assert told_of(tmp_path / "pipe.yaml", Options(bundled=True))[1] == "mnist"
    writer.join(5)
