"""Typical slips of a first command line, and what is said to them."""

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.heavy

SLIPS = {
    "train it.yaml": "The config is named with --config: cnnlab train --config it.yaml",
    "train -c it.yaml --set training.epochs 3": "--set takes KEY=VALUE in one word, such as --set training.epochs=5.",
    "train -c it.yaml --epochs 3": "'training.epochs' is a value of the config: --set training.epochs=VALUE",
    "model --batch-size 3": "'training.batch_size' is a value of the config: --set training.batch_size=VALUE",
    "train -c lab2025": "One comes with cnnlab: 'cnnlab config copy mnist128/lab2025' copies it to lab2025.yaml.",
    "train -c configs/quickstart.yaml": "'cnnlab config copy quickstart' copies it to quickstart.yaml.",
    "train -c nothing.yaml": "'cnnlab config list' shows those that come with cnnlab",
    "blocks dense_blok": "(did you mean 'dense_block'?); valid: activation,",
    "datasets foldr": "there is no data set 'foldr' (did you mean 'folder'?); valid: folder, mnist,",
}


@pytest.mark.parametrize("words", SLIPS)
def test_a_slip_gets_a_way_out(tmp_path: Path, cnnlab: Any, words: str) -> None:
    """Exit 2, and no traceback."""
    done = cnnlab(*words.split(), cwd=tmp_path)
    assert done.code == 2
    assert SLIPS[words] in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("words", ["train --nonsense", "runs --epochs", "train -c it.yaml --set a=1 b"])
def test_no_hint_where_there_is_none_to_give(tmp_path: Path, cnnlab: Any, words: str) -> None:
    """The parser's own sentence stands alone, but for the one on --set."""
    done = cnnlab(*words.split(), cwd=tmp_path)
    assert done.code == 2
    assert ("cnnlab: " in done.err) == ("--set" in words)


def test_one_data_set_tells_its_parameters(cnnlab: Any) -> None:
    """With what they mean, at 80 columns."""
    done = cnnlab("datasets", "folder", "--json")
    assert {"path", "image_size", "labels", "positive"} < set(done.json["folder"]["schema"]["properties"])
    assert "a relative path counts from the config's" in done.out
    assert all(len(line) <= 80 for line in done.out.splitlines()[:-1])


def test_a_shipped_config_is_found_by_the_last_part_of_its_name(tmp_path: Path, cnnlab: Any) -> None:
    """Where only one has it."""
    done = cnnlab("config", "copy", "lab2025", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "name: mnist128-lab2025" in (tmp_path / "lab2025.yaml").read_text()
    ambiguous = cnnlab("config", "copy", "lab2024_intended", cwd=tmp_path)
    assert ambiguous.code == 2
    listing = cnnlab("config", "list")
    assert all(len(line) <= 80 for line in listing.out.splitlines())


def test_the_first_page_shows_the_first_steps(cnnlab: Any) -> None:
    """What to type in a fresh clone."""
    text = " ".join(cnnlab("--help").out.split())
    assert "cnnlab config copy quickstart, cnnlab train --config quickstart.yaml, cnnlab report" in text
