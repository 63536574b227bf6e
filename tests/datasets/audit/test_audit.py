"""The audit as a whole: each kind is planted and found, in one record."""

import numpy as np

from cnnlab.datasets import data_places, dataset, load_dataset
from cnnlab.datasets.audit import ImageOf, audit_dataset
from tests.datasets.audit.samples import as_jpeg, dataset_of, textured


def test_planted_images_are_found_with_their_places_names_and_labels() -> None:
    """An equal one of another label, a mirrored one in test, and the order: what is grave comes first."""
    images = textured(60)
    train = np.concatenate([images[:40], images[3:4], np.full_like(images[:1], 7)])
    test = np.concatenate([images[40:], images[5:6, :, ::-1], images[6:7]])
    names = {"train": [f"t{k}.png" for k in range(42)], "test": [f"v{k}.png" for k in range(22)]}
    labels = {"test": [k % 2 for k in range(20)] + [1, 0]}
    found = audit_dataset(dataset_of(train, test, labels=labels, names=names))
    assert (found.images, found.compared, found.grave) == (64, 64, True)
    assert [(each.kind, each.parts, each.count) for each in found.findings] == [
        ("equal", ("train", "test"), 1),
        ("alike", ("train", "test"), 1),
        ("unlike labels", ("train", "test"), 2),
        ("equal", ("train",), 1),
        ("one value", ("train",), 1),
    ]
    contradiction, shared, mirrored = found.pairs
    assert contradiction.first == ImageOf("train", 3, "t3.png", "dog")
    assert contradiction.second == ImageOf("train", 40, "t40.png", "cat")
    assert contradiction.unlike_labels and contradiction.likeness == 1
    assert (shared.first.index, shared.second) == (6, ImageOf("test", 21, "v21.png", "cat"))
    assert (mirrored.first.index, mirrored.second.index) == (5, 20)
    assert mirrored.symmetry == "mirrored left to right"
    assert found.findings[0].text == "1 of 22 test images is in the train images, too."


def test_nothing_is_found_on_the_bundled_digits_and_all_test_images_in_train_are() -> None:
    """Bundled digits are clean; with the test images put into train, changed a little, nearly each is found."""
    digits = load_dataset("mnist10k", dataset.get("mnist10k").parameters(), data_places(None))
    clean = audit_dataset(digits)
    assert not clean.findings and not clean.pairs
    assert len(clean.classes) == 10 and sum(one.images for one in clean.classes) == len(digits.train)
    assert digits.test is not None
    test = digits.test.images[::10]
    leaked = np.concatenate([digits.train.images[:2000], np.stack([as_jpeg(image) for image in test])])
    (found, *_) = audit_dataset(dataset_of(leaked, test)).findings
    assert (found.kind, found.parts, found.grave) == ("alike", ("train", "test"), True)
    assert found.count >= 0.95 * len(test)
