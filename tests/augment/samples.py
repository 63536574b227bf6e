"""Every augmentation, with its defaults and at the edges of what the schema allows."""

from typing import Any

import numpy as np

from cnnlab.augment import augmentation
from cnnlab.registry import Entry

NEEDED = {"factor": 0.1, "height_factor": 0.1, "width_factor": 0.1}


UNIT: list[Any] = [0, 0.5, 1, (0.0, 1.0), (0.25, 0.25)]


SIGNED: list[Any] = [*UNIT, -1, (-1.0, 1.0), (-0.5, -0.25)]


ZOOM: list[Any] = [*UNIT, -0.99, (-0.99, 1.0)]


EDGES: dict[str, dict[str, list[Any]]] = {
    "aug_mix": {"factor": [0, 1], "alpha": [0.01, 10], "num_chains": [1], "chain_depth": [1], "all_ops": [False]},
    "auto_contrast": {},
    "equalization": {"bins": [2, 65_536]},
    "rand_augment": {"factor": [0, 1], "num_ops": [1, 4], "interpolation": ["nearest"]},
    "random_affine": {
        "rotation_degrees": [0, 20, 180],
        "log_scale": [0, 0.2, 2],
        "log_anisotropy": [0, 0.15, 2],
        "shear": [0, 0.3, 2],
        "translation": UNIT[:3],
        "fill_mode": ["reflect", "constant"],
    },
    "random_brightness": {"factor": SIGNED},
    "random_color_degeneration": {"factor": SIGNED},
    "random_color_jitter": {
        "brightness_factor": SIGNED,
        "contrast_factor": UNIT,
        "saturation_factor": SIGNED,
        "hue_factor": UNIT,
    },
    "random_contrast": {"factor": UNIT},
    "random_elastic": {"sigma": [0.5, 4, 100], "displacement": [0, 0.7, 100], "fill_mode": ["reflect", "constant"]},
    "random_d4": {},
    "random_stain": {"factor": [0, 1], "shift": [0, 1]},
    "random_elastic_transform": {"factor": UNIT, "scale": UNIT, "fill_mode": ["wrap"]},
    "random_erasing": {"factor": UNIT, "scale": UNIT, "fill_value": [0.5]},
    "random_flip": {"mode": ["horizontal", "vertical"]},
    "random_gaussian_blur": {"factor": UNIT, "sigma": UNIT, "kernel_size": [1, 5, 11]},
    "random_grayscale": {"factor": [0, 1]},
    "random_hue": {"factor": UNIT},
    "random_invert": {"factor": UNIT},
    "random_perspective": {"factor": [0, 1], "scale": [0, 1]},
    "random_posterization": {"factor": [1, 8, (1, 8), (3, 3)]},
    "random_rotation": {"factor": SIGNED, "fill_mode": ["constant", "nearest", "wrap"]},
    "random_saturation": {"factor": SIGNED},
    "random_sharpness": {"factor": UNIT},
    "random_shear": {"x_factor": UNIT, "y_factor": UNIT},
    "random_stroke_width": {"factor": [0, 0.5, 1]},
    "random_translation": {"height_factor": SIGNED, "width_factor": SIGNED},
    "random_zoom": {"height_factor": ZOOM, "width_factor": ZOOM},
    "solarization": {"addition_factor": UNIT, "threshold_factor": UNIT},
}  # fmt: skip


def cases(name: str) -> list[dict[str, Any]]:
    fields = augmentation.get(name).parameters.model_fields
    needed = {key: NEEDED[key] for key, field in fields.items() if field.is_required()}
    if name == "random_posterization":
        needed = {"factor": 4}
    return [needed, *({**needed, key: value} for key, values in EDGES[name].items() for value in values)]


def layer(entry: Entry, data_range: tuple[float, float], **parameters: Any) -> Any:
    return entry(parameters=entry.parameters.model_validate(parameters), data_range=data_range)


def images(data_range: tuple[float, float], channels: int = 3) -> np.ndarray:
    return np.random.default_rng(0).uniform(*data_range, (4, 12, 10, channels)).astype("float32")
