"""The hash of each epoch's batches is that of the bytes that anybody gets from the pipeline."""

import zlib
from typing import Any

import numpy as np
import pytest

from cnnlab.datasets import Split

pytestmark = [pytest.mark.keras, pytest.mark.xdist_group("resume")]
EPOCHS, STEPS = 3, 4  # of 30 images in batches of 8: the last has 6


@pytest.fixture
def split() -> Split:
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 256, (30, 6, 6, 1)).astype(np.uint8)
    return Split(pixels, rng.integers(0, 3, 30))


def plan(**changes: Any) -> Any:
    from cnnlab.training.pipeline import BatchPlan

    given: dict[str, Any] = {"batch_size": 8, "seed": 1, "epochs": EPOCHS, "num_classes": 3, "scale": (0, 1)}
    return BatchPlan(**given | {"augment": (), "threads": 1, **changes})


def passed(split: Split, plan: Any, first: int = 0, begun: int = 0) -> Any:
    """The hashes of a training from step `first` on, each taken when its step is done."""
    from cnnlab.training.input_hashes import InputHashes
    from cnnlab.training.pipeline import training_batches

    hashes, found = InputHashes(8, STEPS), []
    for step, _ in enumerate(training_batches(split, plan, first, hashes.watch), start=first):
        begun = hashes.add(begun if step % STEPS else 0, [step])
        found.append(begun)
    return found


@pytest.mark.parametrize("weights", [None, (1.0, 2.0, 0.5)])
def test_it_is_made_of_the_bytes_of_the_batches(split: Split, weights: Any) -> None:
    from cnnlab.training.pipeline import training_batches

    wanted = plan(class_weights=weights)
    found = passed(split, wanted)
    arrays = [[np.asarray(part).tobytes() for part in batch] for batch in training_batches(split, wanted)]
    crcs = [zlib.crc32(b"".join(parts)).to_bytes(4, "big") for parts in arrays]
    for epoch in range(EPOCHS):
        assert found[(epoch + 1) * STEPS - 1] == zlib.crc32(
            b"".join(crcs[epoch * STEPS : (epoch + 1) * STEPS])
        )
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("chunk", [8, 24])
def test_it_does_not_depend_on_how_many_batches_are_made_at_once(
    split: Split, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = passed(split, plan())
    monkeypatch.setattr("cnnlab.training.pipeline.CHUNK_IMAGES", chunk)
    assert passed(split, plan()) == whole


def test_one_pixel_less_bright_is_another_hash(split: Split) -> None:
    darker = split.images.copy()
    darker[0, 0, 0, 0] ^= 1
    ours, theirs = passed(split, plan()), passed(Split(darker, split.labels), plan())
    for epoch in range(1, EPOCHS + 1):
        assert ours[epoch * STEPS - 1] != theirs[epoch * STEPS - 1]


@pytest.mark.parametrize("first", range(1, 2 * STEPS + 1))
def test_a_training_that_goes_on_goes_on_with_the_hash(split: Split, first: int) -> None:
    whole = passed(split, plan())
    assert passed(split, plan(), first, whole[first - 1]) == whole[first:]
