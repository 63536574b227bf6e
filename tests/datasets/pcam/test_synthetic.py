"""The drawn patches: the same for everybody, and nothing that a linear model could tell the classes by."""

import numpy as np
import pytest

from cnnlab.datasets import DataPlaces, dataset, load_dataset
from cnnlab.datasets.pcam.nuclei import CENTRE, draw_patches

pytestmark = pytest.mark.heavy

FEW = {"train_images": 6, "validation_images": 2, "test_images": 2}


def load(**parameters):
    entry = dataset.get("pcam_synthetic")
    return load_dataset("pcam_synthetic", entry.parameters(**FEW | parameters), DataPlaces())


@pytest.mark.parametrize(("size", "crop", "side"), [(32, None, 32), (96, 33, 33), (47, None, 47)])
def test_size_and_crop(size, crop, side):
    loaded = load(size=size, crop=crop)
    assert loaded.info.image_shape == (side, side, 3)
    assert [len(split) for split in loaded.splits().values()] == [6, 2, 2]
    assert "synthetic" in loaded.title and "not tissue" in loaded.notes[0]


def test_the_seed_decides_and_more_images_only_add():
    first, again, more, other = load(), load(), load(train_images=600), load(seed=1)
    assert first.content_hash() == again.content_hash() != other.content_hash()
    np.testing.assert_array_equal(more.train.images[:6], first.train.images)
    np.testing.assert_array_equal(more.train.labels[:6], first.train.labels)
    assert not np.array_equal(first.train.images[:2], first.test.images)


def test_colours_are_pink_and_purple():
    """Red and blue above green everywhere; dark nuclei are bluer than they are red."""
    patches = draw_patches(np.random.default_rng(0), np.arange(100) % 2, CENTRE).reshape(-1, 3).astype(float)
    red, green, blue = patches.mean(axis=0)
    assert red > green + 30 and blue > green + 30
    dark = patches[patches.sum(axis=1) < np.quantile(patches.sum(axis=1), 0.15)].mean(axis=0)
    assert dark[2] > dark[0] > dark[1]


def features(images: np.ndarray) -> dict[str, np.ndarray]:
    """What linear models may look at: mean colour, histograms of the centre's colours, its raw pixels."""
    flat = images.reshape(len(images), -1, 3).astype(np.int64)
    joint = (flat // 64) @ np.array([16, 4, 1])
    return {
        "mean": flat.mean(axis=1),
        "histogram": np.concatenate([counts(flat[..., c] // 16, 16) for c in range(3)], axis=1),
        "joint histogram": counts(joint, 64),
        "pixels": images.reshape(len(images), -1) / 255.0,
    }


def counts(values: np.ndarray, bins: int) -> np.ndarray:
    """How often each value from 0 to bins - 1 stands in each row: (n, bins)."""
    rows = np.arange(len(values))[:, None] * bins
    return np.bincount((values + rows).ravel(), minlength=len(values) * bins).reshape(-1, bins).astype(float)


def ridge_accuracy(
    x: np.ndarray, y: np.ndarray, x_new: np.ndarray, y_new: np.ndarray, penalty: float
) -> float:
    """The accuracy on new data of the linear model that fits -1 and 1 best, squares of weights added."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    x, x_new = (x - mean) / spread, (x_new - mean) / spread
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ (2.0 * y - 1))
    return float(((x_new @ weights > 0) == y_new).mean())


def test_linear_models_cannot_tell_the_classes():
    loaded = load(train_images=2000, validation_images=2000)
    train, validation = loaded.train, loaded.validation
    told = features(validation.images)
    for name, x in features(train.images).items():
        for penalty in (1.0, 100.0, 1e4):
            if name != "pixels" or penalty > 10:
                accuracy = ridge_accuracy(x, train.labels, told[name], validation.labels, penalty)
                assert accuracy < 0.55, f"{name}, {penalty}: {accuracy}"


def test_tumour_nuclei_are_larger():
    """What a network can see: between patches of equal colours, dark areas of a tumour have fewer edges."""
    labels = np.repeat([0, 1], 400)
    green = draw_patches(np.random.default_rng(1), labels, CENTRE)[..., 1].astype(float)
    dark = green < np.quantile(green, 0.3, axis=(1, 2), keepdims=True)
    edges = (dark[:, 1:] != dark[:, :-1]).sum(axis=(1, 2)) + (dark[:, :, 1:] != dark[:, :, :-1]).sum(
        axis=(1, 2)
    )
    assert edges[labels == 1].mean() < 0.85 * edges[labels == 0].mean()


def test_the_surroundings_tell_nothing():
    """Beyond the reach of the centre's nuclei, the edges of dark areas are as many in both classes."""
    labels = np.repeat([0, 1], 150)
    green = draw_patches(np.random.default_rng(2), labels, 96)[:, :, :16, 1].astype(float)
    edges = np.abs(np.diff(green, axis=1)).mean(axis=(1, 2))
    normal, tumour = edges[labels == 0], edges[labels == 1]
    error = np.sqrt(normal.var() / 150 + tumour.var() / 150)
    assert abs(normal.mean() - tumour.mean()) < 3 * error
