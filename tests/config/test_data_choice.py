"""A data set chosen on the command line."""

from pathlib import Path

import pytest

from cnnlab.config.data_choice import chosen_data
from cnnlab.errors import ConfigError
from tests.conftest import TINY


def test_by_name_with_parameters():
    item = chosen_data("folder", None, Path("/x/it's: here"), ["data.crop=8", "classes=[b, 1]", "positive=0"])
    assert item.name == "folder" and item.parameters.path == Path("/x/it's: here")
    assert (item.parameters.crop, item.parameters.classes, item.parameters.positive) == (8, ["b", 1], 0)


def test_by_a_config(tmp_path):
    config = tmp_path / "it.yaml"
    config.write_text("name: x\ndata: {dataset: folder, path: images}\nmodel: [flatten, classifier]\n")
    assert chosen_data(None, config, None, ["color=gray"]).parameters.path == tmp_path / "images"
    assert chosen_data("folder", config, Path("/y"), ["color=gray"]).parameters.path == Path("/y")
    (tmp_path / "tiny.yaml").write_text(TINY)
    with pytest.raises(
        ConfigError, match=r"tiny.yaml is about the data set '.*', not 'folder': leave the name out"
    ):
        chosen_data("folder", tmp_path / "tiny.yaml", None, [])


@pytest.mark.parametrize(
    ("name", "overrides", "text"),
    [
        (None, [], "name a data set, such as folder, or a config"),
        ("folder", [], "say with --path where your images lie, as in 'cnnlab data check folder --path DIR'"),
        ("foldr", [], r"unknown dataset 'foldr' \(did you mean 'folder'\?\)"),
        ("folder", ["path=x", "lables=y"], r"unknown key 'lables' \(did you mean 'labels'\?\)"),
        ("folder", ["path=x", "crop"], "--set expects KEY=VALUE"),
    ],
)
def test_what_is_wrong_is_a_sentence(name, overrides, text):
    with pytest.raises(ConfigError, match=text):
        chosen_data(name, None, None, overrides)
