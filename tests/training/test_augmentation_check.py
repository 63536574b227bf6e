"""The check of augmentations, on real layers and images: no false alarm over the registry, no known failure missed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnlab.augment import augmentation
from cnnlab.config.load import check, document_of
from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.datasets.pcam.nuclei import draw_patches
from cnnlab.errors import ConfigError

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("configs")]

NEEDED = {"factor": 0.1, "height_factor": 0.1, "width_factor": 0.1}
OF_THEIR_OWN: dict[str, dict[str, Any]] = {
    "random_posterization": {"factor": 4},
    "random_color_jitter": {
        "brightness_factor": 0.2,
        "contrast_factor": 0.2,
        "saturation_factor": [0.4, 0.6],
    },
}
SLOW = {"aug_mix", "rand_augment", "random_elastic_transform"}
TISSUE = draw_patches(np.random.default_rng(0), np.arange(24) % 2, 32)
COUNT = len(TISSUE)


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    loaded = load_dataset("mnist10k", dataset.get("mnist10k").parameters(), DataPlaces()).train
    return np.asarray(loaded.images[np.random.default_rng(0).choice(len(loaded), COUNT, replace=False)])


def tried(pixels: np.ndarray, scale: tuple[float, float], *augment: Any) -> Any:
    """What the check says of augmentations on images of those pixels."""
    from cnnlab.training.augmentation_check import try_augmentation

    name = "pcam_synthetic" if pixels.shape[-1] == 3 else "mnist10k"
    plain = {
        "name": "x",
        "data": {"dataset": name, "scale": list(scale)},
        "augment": list(augment),
        "model": ["flatten", "classifier"],
    }
    images = pixels.astype("float32") * ((scale[1] - scale[0]) / 255) + scale[0]
    return try_augmentation(check(document_of(plain, Path("x.yaml"))), images, 0)


def moderate(name: str) -> dict[str, Any]:
    """Parameters as people choose them: the required ones at a tenth, the others at their defaults."""
    fields = augmentation.get(name).parameters.model_fields
    return OF_THEIR_OWN.get(name) or {
        key: NEEDED[key] for key, field in fields.items() if field.is_required()
    }


@pytest.mark.parametrize("name", augmentation)
def test_no_sane_augmentation_alarms(name: str, digits: np.ndarray) -> None:
    colour_only = augmentation.get(name).traits.get("needs_colour", lambda parameters: False)
    given = augmentation.get(name).parameters.model_validate(
        {k: tuple(v) if isinstance(v, list) else v for k, v in moderate(name).items()}
    )
    kinds = [TISSUE] if colour_only(given) else [digits[: COUNT // 2], TISSUE[: COUNT // 4]]
    kinds = kinds[:1] if name in SLOW else kinds
    for pixels in kinds:
        trial = tried(pixels, (-1.0, 1.0), {name: moderate(name)})
        assert trial.warnings == (), trial.effects


@pytest.mark.parametrize("scale", [(-1.0, 1.0), (0.0, 1.0)], ids=str)
@pytest.mark.parametrize(
    "item",
    [
        {"random_brightness": {"factor": 0.05}},
        {"random_invert": {"factor": 1.0}},
        {"random_posterization": {"factor": 4}},
        {"auto_contrast": {}},
        {"random_erasing": {}},
    ],
    ids=lambda item: next(iter(item)),
)
def test_what_kerass_own_range_destroys_is_told(item: Any, scale: Any, digits: np.ndarray) -> None:
    """On images of both scales, digits and tissue: `value_range` 0 to 255, as Keras has it."""
    ((name, parameters),) = item.items()
    for pixels in (digits, TISSUE):
        wrong = {name: {**parameters, "value_range": [0, 255]}}
        (warning,) = tried(pixels, scale, "random_flip", wrong).warnings
        assert warning.startswith(f"augment.1.{name}: ") and "leave out its value_range, [0, 255]" in warning


def test_contrast_at_kerass_own_range_clips_half_of_the_values(digits: np.ndarray) -> None:
    for pixels in (digits, TISSUE):
        trial = tried(pixels, (-1.0, 1.0), {"random_contrast": {"factor": 0.05, "value_range": [0, 255]}})
        assert len(trial.warnings) == 1
        assert trial.effects[0].before[0] < -0.5 and trial.effects[0].after[0] == 0


@pytest.mark.parametrize(("action", "warned"), [("error", None), ("warn", 1), ("off", 0)])
def test_the_config_says_what_follows(action: str, warned: int | None, digits: np.ndarray) -> None:
    from cnnlab.training.augmentation_check import check_augmentation

    plain = {
        "name": "x",
        "data": {"dataset": "mnist10k"},
        "augment": [{"random_brightness": {"factor": 0.05, "value_range": [0, 255]}}],
        "augmentation_check": action,
        "model": ["flatten", "classifier"],
    }
    config = check(document_of(plain, Path("x.yaml")))
    images = digits.astype("float32") / 127.5 - 1
    if warned is None:
        with pytest.raises(
            ConfigError, match=r"augment\.0\.random_brightness: .* set augmentation_check to warn\.$"
        ):
            check_augmentation(config, images, 0)
    else:
        assert len(check_augmentation(config, images, 0)) == warned
