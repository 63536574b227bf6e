from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError, create_model

from cnnlab.config_paths import ConfigPath
from cnnlab.registry import Parameters

Model = create_model("Model", __base__=Parameters, path=(ConfigPath, ...), other=(ConfigPath | None, None))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a/b.npz", "/configs/a/b.npz"),
        ("../b.npz", "/b.npz"),
        ("/data/b.npz", "/data/b.npz"),
        ("~/b.npz", str(Path.home() / "b.npz")),
    ],
)
def test_a_path_counts_from_the_folder_of_the_config(text, expected):
    model = Model.model_validate({"path": text}, context={"directory": Path("/configs")})
    assert model.path == Path(expected).resolve() and model.other is None


def test_without_a_folder_it_counts_from_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Model(path="x").path == tmp_path.resolve() / "x"


@pytest.mark.parametrize("value", [3, True, "", "  ", ["a"], None, "~nobody-of-this-name/x", "a\0b"])
def test_anything_else_is_refused(value):
    with pytest.raises(ValidationError, match=r"path|null byte"):
        Model(path=value)


def test_it_is_text_in_the_resolved_config_and_in_the_schema():
    model = Model(path="/data/x")
    assert model.model_dump(mode="json") == {"path": "/data/x", "other": None}
    assert model.model_dump()["path"] == "/data/x"
    assert Model.model_validate(model.model_dump()) == model
    assert TypeAdapter(ConfigPath).json_schema() == {"type": "string"}
