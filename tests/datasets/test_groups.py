"""Groups of images: numbered, counted, chosen whole, and found on two sides."""

import numpy as np

from cnnlab.datasets import Split
from cnnlab.datasets.groups import (
    class_counts,
    group_codes,
    held_out_groups,
    shared_codes,
    shared_group_notes,
)


def split_of(groups: list[str] | None, n: int = 0) -> Split:
    images = np.zeros((n if groups is None else len(groups), 1, 1, 1), np.uint8)
    return Split(images, None, groups=None if groups is None else np.array(groups))


def test_groups_are_numbered_as_they_appear() -> None:
    assert group_codes(np.array(["b", "a", "b", "c"])).tolist() == [0, 1, 0, 2]


def test_groups_of_one_image_each_are_none() -> None:
    assert shared_codes(None) is None and shared_codes(np.array(["a", "b"])) is None
    codes = shared_codes(np.array(["b", "a", "b"]))
    assert codes is not None and codes.tolist() == [0, 1, 0]


def test_images_are_counted_by_group_and_class() -> None:
    counts = class_counts(np.array([0, 1, 0, 2]), np.array([1, 1, 1, 0]))
    assert counts.tolist() == [[0, 2], [0, 1], [1, 0]]


def test_of_several_orders_the_nearest_counts() -> None:
    counts = np.array([[6], [7], [5], [82]])
    six_then_seven, six_then_five = np.array([0, 1, 2, 3]), np.array([0, 2, 1, 3])
    assert held_out_groups(counts, 0.11, [six_then_seven], "k").tolist() == [True, True, False, False]
    both = held_out_groups(counts, 0.11, [six_then_seven, six_then_five], "k")
    assert both.tolist() == [True, False, True, False]


def test_each_class_keeps_images_outside() -> None:
    counts = np.array([[9, 0], [1, 4], [0, 6], [10, 0]])
    chosen = held_out_groups(counts, 0.9, [np.arange(4)], "k")
    assert (counts[~chosen].sum(axis=0) > 0).all() and chosen.sum() == 2


def test_thousands_of_groups_are_chosen_at_once() -> None:
    rng = np.random.default_rng(0)
    counts = rng.integers(1, 3, (20_000, 2))
    chosen = held_out_groups(counts, 0.1, (rng.permutation(20_000) for _ in range(8)), "k")
    np.testing.assert_allclose(counts[chosen].sum(axis=0) / counts.sum(axis=0), 0.1, atol=1e-3)


def test_groups_on_two_sides_are_a_sentence_with_counts_and_names() -> None:
    train, test = split_of(["a", "b", "b", "c\x1b", "d", "e"]), split_of(["e", "x", "b", "b", "a", "c\x1b"])
    (note,) = shared_group_notes({"train": train, "validation": split_of(None, 3), "test": test})
    assert note == (
        "The train and test parts share 4 groups (a, b, c\\x1b and 1 more), of which 5 train images and 5 test images "
        "are: figures on such images flatter, divide the parts by groups."
    )
    assert shared_group_notes({"train": split_of(["a"]), "test": split_of(["b"])}) == []
    assert len(shared_group_notes(dict.fromkeys(("train", "validation", "test"), split_of(["a"])))) == 3
