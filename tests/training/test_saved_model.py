"""Hostile .keras files: none runs code, none writes a file, none is more than a sentence."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnlab.training.saved_model import UnreadableModel, open_saved_model

pytestmark = pytest.mark.keras

Edit = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras

    path = tmp_path_factory.mktemp("sound") / "model.keras"
    layers = keras.layers
    keras.Sequential([keras.Input((4, 4, 1)), layers.Flatten(), layers.Dense(2)]).save(path)
    return path


def remade(sound: Path, path: Path, edit: Edit = lambda c: c, drop: str = "", **more: bytes) -> Path:
    """A copy of a .keras file with another config.json, without a member, or with more of them."""
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json":
                edited = edit(json.loads(content))
                content = edited if isinstance(edited, bytes) else json.dumps(edited).encode()
            if name != drop:
                new.writestr(name, content)
        for name, content in more.items():
            new.writestr(name, content)
    return path


def with_layer(module: str, class_name: str, /, **config: Any) -> Edit:
    """Put a layer of any class into the network's description."""

    def edit(description: dict[str, Any]) -> dict[str, Any]:
        layer = {"module": module, "class_name": class_name, "config": config, "registered_name": None}
        description["config"]["layers"].insert(1, layer)
        return description

    return edit


def function(module: str, name: str) -> dict[str, Any]:
    """A function by its name, as Keras writes one down."""
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


OWNED = "owned-by-a-model"
CODE: dict[str, Edit] = {
    "a class that starts programs": with_layer("subprocess", "Popen", args=["touch", OWNED]),
    "a function that starts programs": with_layer(
        "keras.layers", "Activation", name="a", activation=function("os", "system")
    ),
    "eval": with_layer(
        "keras.layers", "Lambda", name="a", function=function("builtins", "eval"), arguments={}
    ),
    "a download": with_layer(
        "keras.layers", "Activation", name="a", activation=function("keras.utils", "get_file")
    ),
    "a file of ours": with_layer("keras.layers", "StringLookup", name="a", vocabulary="/etc/passwd"),
    "another saved model": with_layer(
        "keras.layers", "TFSMLayer", name="a", filepath="x", call_endpoint="serve"
    ),
    "a pickled module": with_layer("keras.layers", "TorchModuleWrapper", name="a", module="gASVAAAA"),
}


@pytest.mark.parametrize("kind", CODE)
def test_a_description_that_would_run_code_is_refused(
    kind: str, sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnreadableModel) as caught:
        open_saved_model(remade(sound, tmp_path / "a.keras", CODE[kind]))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300
    assert not Path(OWNED).exists()


def test_a_lambda_layer_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import keras

    monkeypatch.chdir(tmp_path)
    own = keras.layers.Lambda(lambda x: [__import__("pathlib").Path("owned-by-a-model").touch(), x][1])
    keras.Sequential([keras.Input((4, 4, 1)), own, keras.layers.Flatten()]).save("a.keras")
    Path(OWNED).unlink()  # building it ran it
    with pytest.raises(
        UnreadableModel, match=r"holds Python code to be run \(a Lambda layer\), which is refused"
    ):
        open_saved_model(Path("a.keras"))
    assert not Path(OWNED).exists()


def test_members_with_paths_write_nothing_outside(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    names = ["../owned", "assets/../../owned", f"{tmp_path}/owned", "../" * 12 + str(tmp_path)[1:] + "/owned"]
    for name in names:
        with pytest.raises(UnreadableModel, match="a file that would be written elsewhere"):
            open_saved_model(remade(sound, tmp_path / "a.keras", **{name: b"x"}))
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.keras", "here"]


DAMAGE: dict[str, Callable[[Path, Path], Any]] = {
    "no file": lambda sound, path: None,
    "a folder": lambda sound, path: path.mkdir(),
    "a pipe": lambda sound, path: os.mkfifo(path),
    "empty": lambda sound, path: path.write_bytes(b""),
    "a pickle": lambda sound, path: path.write_bytes(b"cos\nsystem\n(S'touch owned-by-a-model'\ntR."),
    "half": lambda sound, path: path.write_bytes(sound.read_bytes()[:3000]),
    "no description": lambda sound, path: remade(sound, path, drop="config.json"),
    "no weights": lambda sound, path: remade(sound, path, drop="model.weights.h5"),
    "no JSON": lambda sound, path: remade(sound, path, lambda c: b"{"),
    "deep JSON": lambda sound, path: remade(sound, path, lambda c: b"[" * 100_000),
    "a bomb": lambda sound, path: remade(sound, path, lambda c: b" " * 200_000_000),
    "a list": lambda sound, path: remade(sound, path, lambda c: []),
    "no network": lambda sound, path: remade(sound, path, lambda c: c["config"]),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_half_a_sentence(kind: str, sound: Path, tmp_path: Path) -> None:
    DAMAGE[kind](sound, tmp_path / "a.keras")
    with pytest.raises(UnreadableModel) as caught:
        open_saved_model(tmp_path / "a.keras")
    assert str(caught.value).isprintable() and not str(caught.value).endswith(".")


def test_the_older_format_is_not_opened(sound: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(sound) as archive:
        (tmp_path / "a.h5").write_bytes(archive.read("model.weights.h5"))
    with pytest.raises(UnreadableModel, match=r"it is not a \.keras file"):
        open_saved_model(tmp_path / "a.h5")
