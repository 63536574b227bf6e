"""Extension files are run by whatever reads a config, once, and only when nothing else is wrong with it."""

import os
from pathlib import Path
from typing import Any

import pytest

from cnnlab.config.extensions import load_extension, why_unreadable
from cnnlab.config.identity import file_hash
from cnnlab.config.load import Options, load_config
from cnnlab.config.source import read_document
from cnnlab.config.sweep import check_all
from cnnlab.errors import ConfigError
from tests.sample_configs import MINIMAL

EXTENSION = """
from pathlib import Path
from cnnlab.blocks import block
with Path(__file__).with_name("ran").open("a") as mark:
    mark.write("x")

@block
def of_my_own_{name}(x, *, size: int):
    '''A block.'''
    return x
"""

WRONG = {  # an error, and whether it shows before the block of the extension is known
    "seed: -1": True,
    "sede: 1": True,
    "data: {dataset: mnist10k, train_size: x}": True,
    "sweep: {grid: {training.epochs: [1, -1]}}": True,
    "sweep: {grid: {training.epochs: [1, x], seed: 3}}": True,
    "extensions: [own.py, missing.py]": True,
    "extensions: [own.py, notes.txt]": True,
    "augment: [{random_rotation: {factor: x}}]": True,
    "augment: [random_rotatoin]": False,  # an extension may bring it
    "sweep: {grid: {augment: [[random_rotatoin]]}}": False,
}


@pytest.fixture
def own(tmp_path: Path, own_entries: None, request: Any) -> Path:
    """A config with an extension that leaves a mark whenever it is run."""
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)[-60:]
    (tmp_path / "own.py").write_text(EXTENSION.replace("{name}", name.lower()) + f"# {tmp_path}")
    model = MINIMAL.replace("- flatten", f"- of_my_own_{name.lower()}: {{size: 3}}\n  - flatten")
    (tmp_path / "c.yaml").write_text(f"{model}extensions: [own.py]\n")
    return tmp_path / "c.yaml"


def runs_of(config: Path) -> int:
    """How often the extension was run."""
    mark = config.with_name("ran")
    return len(mark.read_text()) if mark.exists() else 0


def test_a_valid_config_runs_it_once(own: Path) -> None:
    """However often it is read in a process."""
    for _ in range(3):
        assert load_config(own).model[1].dump() == {"size": 3}
        check_all(read_document(own))
    assert runs_of(own) == 1


@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_is_run_while_something_else_is_wrong(own: Path, wrong: str) -> None:
    """Be it in the config, in a cell of its sweep, or another extension."""
    key = wrong.partition(":")[0]
    lines = [line for line in own.read_text().splitlines() if not line.startswith(f"{key}:")]
    text = "\n".join(lines).replace("  dataset: mnist10k\n", "") if key == "data" else "\n".join(lines)
    own.write_text(f"{text}\n{wrong}\n")
    with pytest.raises(
        ConfigError, match=r"missing|notes|rotat|seed|sede|train_size|epochs|factor"
    ) as caught:
        check_all(read_document(own))
    assert runs_of(own) == (0 if WRONG[wrong] else 1)
    assert "of_my_own" not in str(caught.value)


def test_what_the_extension_brings_is_checked_afterwards(own: Path) -> None:
    """Its parameters, by its signature."""
    own.write_text(own.read_text().replace("size: 3", "size: x"))
    with pytest.raises(ConfigError, match=r"size: expected a whole number, got the text 'x'"):
        load_config(own)
    assert runs_of(own) == 1


def test_a_value_that_an_option_mends_is_not_wrong(own: Path) -> None:
    """With --bundled, too, which may need the data set of an extension."""
    own.write_text(own.read_text().replace("mnist10k", "mnist10k\n  train_size: x"))
    with pytest.raises(ConfigError, match="train_size"):
        load_config(own, Options(bundled=True))
    assert runs_of(own) == 0
    assert load_config(own, Options(bundled=True, overrides=("data.train_size=10",))).data.train_size == 10


def test_bundled_data_for_a_data_set_that_only_an_extension_has(own: Path) -> None:
    """Nothing is run while something else is wrong, and its stand-in is found when it has been."""
    text = (
        'from cnnlab.datasets import dataset\n\n@dataset(bundled="mnist10k")\n'
        "def my_digits(places):\n    '''Digits.'''\n"
    )
    with own.with_name("own.py").open("a") as file:
        file.write(f"\n{text}")
    own.write_text(own.read_text().replace("mnist10k", "my_digits"))
    with pytest.raises(ConfigError, match="seed"):
        load_config(own, Options(bundled=True, overrides=("seed=-1",)))
    assert runs_of(own) == 0
    assert load_config(own, Options(bundled=True)).data.dataset.name == "mnist10k"
    assert runs_of(own) == 1


def test_what_another_config_has_loaded_is_not_known_here(own: Path) -> None:
    """Else the order of configs decided whether one is valid, and a training would fail where it alone is loaded."""
    load_config(own)
    other = own.with_name("other.yaml")
    other.write_text(own.read_text().replace("extensions: [own.py]\n", ""))
    with pytest.raises(
        ConfigError, match=r"line 6.*the block 'of_my_own_.*' is of an extension that this config does not"
    ):
        load_config(other)
    assert runs_of(own) == 1 and load_config(own).model[1].dump() == {"size": 3}


def test_an_extension_that_was_edited_takes_the_place_of_the_old_one(own: Path) -> None:
    """As in a notebook that stays open."""
    load_config(own)
    extension = own.with_name("own.py")
    extension.write_text(extension.read_text().replace("size: int", "size: float"))
    own.write_text(own.read_text().replace("size: 3", "size: 0.5"))
    assert load_config(own).model[1].dump() == {"size": 0.5}
    assert runs_of(own) == 2


@pytest.mark.heavy
@pytest.mark.parametrize(
    "command",
    [
        *("config check", "train -c", "train --dry-run -c", "train --print-config -c", "train --bundled -c"),
        *("train --sweep training.epochs=1,2 -c", "model -c", "preview -c", "verify -c", "compare -c"),
    ],
)
def test_no_command_runs_it_for_an_invalid_config(own: Path, command: str, cnnlab: Any) -> None:
    """Whatever reads a config."""
    own.write_text(f"{own.read_text()}sede: 1\n")
    done = cnnlab(*command.split(), "c.yaml", cwd=own.parent)
    assert done.code == 2 and "sede" in done.err
    assert runs_of(own) == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in folders")
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "it is not an ordinary file"),
        (lambda path: path.symlink_to("/dev/zero"), "it is not an ordinary file"),
        ((lambda path: (path.touch(), os.truncate(path, 10**12))), "it has more than 100,000,000 bytes"),
        (lambda path: path.symlink_to(path.name), "Too many levels of symbolic links"),
    ],
    ids=["pipe", "device", "giant", "circle"],
)
def test_what_is_not_a_file_of_usual_size_is_not_opened(make: Any, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    make(path)
    assert why_unreadable(path) == f"{path} cannot be read: {reason}"
    with pytest.raises(ConfigError, match=reason):
        load_extension(path, "a.yaml")
    with pytest.raises(ConfigError, match=reason):
        file_hash(path)
