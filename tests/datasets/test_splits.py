from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnlab.datasets import Dataset, DatasetInfo, Split, draw_split
from cnnlab.datasets.arrays.hdf5 import stored_images
from cnnlab.datasets.splits import limited, prepare_streaming, share_of, stratified_tail, within_budget
from cnnlab.datasets.stored import RawSource
from cnnlab.errors import ConfigError
from tests.datasets.layouts import PIXELS, data_set


def numbered(n: int) -> Split:
    """A split whose image i is filled with i, and labelled i % 3."""
    images = np.arange(n, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 1), np.uint8)
    labels, sources = np.arange(n, dtype=np.int64) % 3, np.arange(n).astype(str)
    return Split(images, labels, names=np.char.add(sources, ".png"), groups=sources)


def made(n: int, validation: int | None = None, test: int | None = 5) -> Dataset:
    parts = (numbered(n), *(None if size is None else numbered(size) for size in (validation, test)))
    return Dataset("made", "Made", DatasetInfo((2, 2, 1), ("a", "b", "c")), *parts, source="")


def draw(dataset: Dataset, train_size=None, validation_fraction=0.0, seed=0, **more):
    rng = np.random.default_rng(seed)
    return draw_split(
        dataset, train_size=train_size, validation_fraction=validation_fraction, rng=rng, **more
    )


@st.composite
def requests(draw):
    """Draw a size, a fraction and a train_size that fit together."""
    n = draw(st.integers(2, 200))
    fraction = draw(st.one_of(st.just(0.0), st.floats(1 / n, 0.99)))
    available = n - share_of(n, fraction)
    return n, fraction, draw(st.one_of(st.none(), st.integers(1, available))), draw(st.integers(0, 2**32))


@given(requests())
def test_parts_are_disjoint_and_of_the_promised_sizes(request):
    n, fraction, train_size, seed = request
    splits = draw(made(n), train_size, fraction, seed)
    held_out = share_of(n, fraction)
    assert len(splits.train) == (n - held_out if train_size is None else train_size)
    assert (0 if splits.validation is None else len(splits.validation)) == held_out
    both = np.concatenate([part.indices for part in (splits.train, splits.validation) if part is not None])
    assert len(set(both.tolist())) == len(both) and both.min() >= 0 and both.max() < n


@given(requests())
def test_indices_name_the_images_and_labels(request):
    n, fraction, train_size, seed = request
    for part in (splits := draw(made(n), train_size, fraction, seed)).train, splits.validation:
        if part is not None:
            np.testing.assert_array_equal(part.images[:, 0, 0, 0], part.indices)
            np.testing.assert_array_equal(part.labels, part.indices % 3)
            np.testing.assert_array_equal(part.groups, part.indices.astype(str))
            np.testing.assert_array_equal(part.names, np.char.add(part.groups, ".png"))
            assert part.origin == "train"


@given(requests())
def test_the_seed_decides_and_a_smaller_training_set_is_part_of_a_larger_one(request):
    n, fraction, train_size, seed = request
    first, again = (draw(made(n), train_size, fraction, seed) for _ in range(2))
    np.testing.assert_array_equal(first.train.indices, again.train.indices)
    everything = draw(made(n), None, fraction, seed)
    np.testing.assert_array_equal(first.train.indices, everything.train.indices[: len(first.train)])
    if first.validation is not None:
        np.testing.assert_array_equal(first.validation.indices, everything.validation.indices)


def test_the_rule_is_that_of_the_lab():
    order = np.random.default_rng(7).permutation(20)
    splits = draw(made(20), train_size=4, validation_fraction=0.1, seed=7)
    np.testing.assert_array_equal(splits.train.indices, order[:4])
    np.testing.assert_array_equal(splits.validation.indices, order[-2:])


@pytest.mark.parametrize(
    ("seed", "train", "validation"),
    [
        (0, [11, 27, 4, 24, 23, 2], [5, 14, 29, 33, 15, 31]),
        (7, [4, 0, 28, 20, 30, 10], [5, 2, 31, 34, 21, 11]),
    ],
)
def test_what_is_drawn_without_groups_and_shares_never_changes(seed, train, validation):
    plain = replace(made(40), train=replace(numbered(40), groups=None))
    splits = draw(plain, train_size=6, validation_fraction=0.15, seed=[seed, 0])
    assert (splits.train.indices.tolist(), splits.validation.indices.tolist()) == (train, validation)


@st.composite
def grouped(draw):
    """Draw labels and groups of images, of which no group has all images of a class, and a fraction that they allow."""
    sizes = draw(st.lists(st.integers(1, 12), min_size=4, max_size=30))
    groups = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    order = rng.permutation(len(groups))
    labels = rng.integers(0, 3, len(groups))
    fraction = draw(st.floats(0.0, 0.9).filter(lambda f: f * sum(sizes) >= max(1, min(sizes) / 2 + 1e-6)))
    return labels.astype(np.int64), np.char.add("p", groups[order].astype(str)), fraction


def of_groups(labels, groups):
    images = np.zeros((len(labels), 1, 1, 1), np.uint8)
    return replace(made(4, test=None), train=Split(images, labels, groups=groups))


@given(grouped(), st.integers(0, 2**32), st.booleans())
def test_no_group_is_on_two_sides_and_sizes_are_as_near_as_groups_allow(images, seed, stratified):
    labels, groups, fraction = images
    data = of_groups(labels, groups)
    try:
        splits = draw(data, None, fraction, seed, stratified=stratified)
    except ConfigError as error:
        assert stratified and "never divided" in str(error)
        return
    ours, theirs = set(splits.train.groups.tolist()), set(splits.validation.groups.tolist())
    assert not ours & theirs and ours | theirs == set(groups.tolist())
    assert len(splits.train) + len(splits.validation) == len(labels)
    if stratified:
        assert set(splits.train.labels.tolist()) == set(labels.tolist())
    else:
        largest = max(np.unique(groups, return_counts=True)[1])
        off = abs(len(splits.validation) - fraction * len(labels))
        assert (
            off <= largest / 2 + 1e-6 or len(ours) == 1 or min(np.unique(groups, return_counts=True)[1]) > off
        )
    again = draw(data, None, fraction, seed, stratified=stratified)
    np.testing.assert_array_equal(again.validation.indices, splits.validation.indices)
    renamed = np.char.add("q", np.char.replace(groups, "p", "9"))[...]
    other = draw(of_groups(labels, renamed), None, fraction, seed, stratified=stratified)
    np.testing.assert_array_equal(other.validation.indices, splits.validation.indices)


def test_train_size_draws_images_of_the_groups_that_are_left():
    labels, groups = np.arange(40, dtype=np.int64) % 2, np.repeat(np.arange(10), 4).astype(str)
    splits = draw(of_groups(labels, groups), train_size=7, validation_fraction=0.2)
    assert len(splits.train) == 7 and len(splits.validation) == 8
    assert not set(splits.train.groups.tolist()) & set(splits.validation.groups.tolist())
    with pytest.raises(
        ConfigError, match=r"train_size is 33, expected 1 to 32: .*\(40 less 8 for validation\)"
    ):
        draw(of_groups(labels, groups), train_size=33, validation_fraction=0.2)


@pytest.mark.parametrize(
    ("groups", "fraction", "text"),
    [
        (["a"] * 20, 0.5, "all 20 images are of one group, which is never divided: bring images"),
        (
            ["a"] * 10 + ["b"] * 10,
            0.1,
            r"expected at least 0.25, or 0: .* 2 groups .* \(the smallest has 10 of 20\)",
        ),
    ],
)
def test_groups_that_leave_a_side_empty_are_a_sentence(groups, fraction, text):
    labels = np.zeros(20, np.int64)
    with pytest.raises(ConfigError, match=f"data.validation_fraction is {fraction}, .*{text}"):
        draw(of_groups(labels, np.array(groups)), validation_fraction=fraction)
    with pytest.raises(ConfigError, match=f"data.test_fraction is {fraction}, "):
        stratified_tail(labels, fraction, np.array(groups))


@given(st.lists(st.integers(0, 3), min_size=12, max_size=99), st.floats(0.1, 0.9), st.integers(0, 2**32))
def test_stratified_parts_keep_the_shares_of_classes(labels, fraction, seed):
    labels = np.array(labels, np.int64)
    n, held_out = len(labels), share_of(len(labels), fraction)
    data = replace(made(4), train=Split(np.zeros((n, 1, 1, 1), np.uint8), labels))
    size = (n - held_out + 1) // 2
    splits = draw(data, size, fraction, seed, stratified=True)
    rest = np.bincount(labels, minlength=4) - np.bincount(splits.validation.labels, minlength=4)
    for part, total, whole in (
        (splits.validation, held_out, np.bincount(labels)),
        (splits.train, size, rest),
    ):
        assert len(part) == total
        shares = np.bincount(part.labels, minlength=len(whole)) - total * whole / whole.sum()
        assert np.abs(shares).max() < 1
    both = [*splits.train.indices.tolist(), *splits.validation.indices.tolist()]
    assert len(set(both)) == len(both)


def test_a_stratified_quarter_of_16_balanced_pictures_has_every_class():
    data = replace(made(4), train=Split(np.zeros((16, 1, 1, 1), np.uint8), np.arange(16, dtype=np.int64) % 4))
    drawn = [draw(data, None, 0.25, seed, stratified=True).validation for seed in range(20)]
    assert all(sorted(part.labels.tolist()) == [0, 1, 2, 3] for part in drawn)
    assert len({tuple(sorted(part.indices.tolist())) for part in drawn}) > 10
    ties = {tuple(draw(data, None, 0.125, seed, stratified=True).validation.labels) for seed in range(40)}
    assert len({tuple(sorted(pair)) for pair in ties}) == 6  # two of four equal classes, each pair drawn


def test_stratified_groups_come_near_the_shares():
    """Of 40 slides of unlike shares of tumour, about a fifth of each class validates."""
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(40), rng.integers(5, 60, 40))
    labels = (rng.random(len(groups)) < np.linspace(0, 1, 40)[groups]).astype(np.int64)
    data = of_groups(labels, groups.astype(str))
    for seed in range(20):
        part = draw(data, None, 0.2, seed, stratified=True).validation
        shares = np.bincount(part.labels) / np.bincount(labels)
        assert np.abs(shares - 0.2).max() < 0.02


def test_other_seeds_give_other_images():
    drawn = {tuple(draw(made(100), 10, 0.1, seed).train.indices) for seed in range(20)}
    assert len(drawn) == 20


def test_the_test_part_is_the_official_one_in_its_order():
    splits = draw(made(20, test=5))
    assert splits.test.origin == "test" and splits.test.indices.tolist() == [0, 1, 2, 3, 4]
    assert draw(made(20, test=None)).test is None


@pytest.mark.parametrize("n", [3, 49, 98, 103, 200])
def test_a_fraction_that_stands_for_one_image_is_one_and_so_is_the_one_that_is_advised(n):
    assert share_of(n, 1 / n) == 1 and share_of(n, 3 / n) == 3
    with pytest.raises(ConfigError) as caught:
        draw(made(n, test=None), validation_fraction=0.5 / n)
    advised = str(caught.value).partition("take at least ")[2].partition(",")[0]
    assert len(draw(made(n, test=None), validation_fraction=float(advised)).validation) >= 1


def test_a_validation_part_of_its_own_wins_over_the_fraction():
    splits = draw(made(20, validation=6), validation_fraction=0.5)
    assert len(splits.train) == 20
    assert splits.validation.origin == "validation" and splits.validation.indices.tolist() == list(range(6))


def test_taking_from_a_drawn_part_keeps_the_original_indices():
    train = draw(made(20)).train
    taken = train.take(np.array([3, 1]))
    assert taken.indices.tolist() == [train.indices[3], train.indices[1]] and taken.origin == "train"


@pytest.mark.parametrize(
    ("train_size", "fraction", "text"),
    [
        (19, 0.1, r"train_size is 19, expected 1 to 18: 'made' has 18 .*\(20 less 2 for validation\)"),
        (21, 0.0, r"train_size is 21, expected 1 to 20: 'made' has 20 images to train on\. Take fewer"),
        (0, 0.0, "train_size is 0, expected 1 to 20"),
        (None, 1.0, "validation_fraction is 1.0, expected at least 0 and less than 1"),
        (None, -0.1, "validation_fraction is -0.1"),
        (None, float("nan"), "validation_fraction is nan"),
        (None, 0.01, "less than one of the 20 training images of 'made': take at least 0.05"),
    ],
)
def test_numbers_that_do_not_fit_are_config_errors(train_size, fraction, text):
    with pytest.raises(ConfigError, match=text):
        draw(made(20), train_size, fraction)


@given(st.lists(st.integers(0, 4), max_size=80), st.floats(0, 0.99))
def test_the_fixed_rule_divides_every_class_alike(labels, fraction):
    labels = np.array(labels, dtype=np.int64)
    first, tail = stratified_tail(labels, fraction)
    assert sorted([*first.tolist(), *tail.tolist()]) == list(range(len(labels)))
    for label in range(5):
        before, after = first[labels[first] == label], tail[labels[tail] == label]
        n = len(before) + len(after)
        assert n == 0 or len(before) >= 1
        assert n < 2 or fraction == 0 or len(after) >= 1
        assert abs(len(after) - n * fraction) <= 0.5 or len(after) == 1 or len(before) == 1
        assert len(before) == 0 or len(after) == 0 or before.max() < after.min()


@given(grouped())
def test_the_fixed_rule_keeps_groups_whole_and_takes_them_from_the_end(images):
    labels, groups, fraction = images
    try:
        first, tail = stratified_tail(labels, fraction, groups)
    except ConfigError:
        return
    assert sorted([*first.tolist(), *tail.tolist()]) == list(range(len(labels)))
    assert not set(groups[first].tolist()) & set(groups[tail].tolist()) and len(tail)
    assert set(labels[first].tolist()) == set(labels.tolist())


def test_the_last_groups_are_the_tail():
    labels, groups = np.zeros(12, np.int64), np.repeat(["a", "b", "c", "d"], 3)
    assert stratified_tail(labels, 0.25, groups)[1].tolist() == [9, 10, 11]
    labels, alone = np.arange(12, dtype=np.int64) % 2, np.arange(12).astype(str)
    assert stratified_tail(labels, 0.4, alone)[1].tolist() == stratified_tail(labels, 0.4)[1].tolist()


def test_the_fixed_rule_rounds_half_up():
    assert stratified_tail(np.zeros(10, np.int64), 0.25)[1].tolist() == [7, 8, 9]
    assert stratified_tail(np.zeros(10, np.int64), 0)[1].tolist() == []


def test_a_limit_takes_images_evenly_from_the_whole_part():
    assert limited(numbered(10), 5).images[:, 0, 0, 0].tolist() == [0, 2, 4, 6, 8]
    assert len(limited(numbered(10), 3)) == 3
    whole = numbered(4)
    assert limited(whole, 4) is whole and limited(whole, None) is whole


@pytest.mark.parametrize(("budget", "expected"), [(0, ()), (0.15, ("train",)), (0.16, ("train",)), (9, None)])
def test_the_budget_decides_what_is_kept_in_memory(path, budget, expected):
    splits = draw_split(
        data_set(stored_images(path, None, 32)),
        train_size=45,
        validation_fraction=0.1,
        rng=np.random.default_rng(1),
    )
    parts = splits.present()
    prepare_streaming(parts, budget)
    kept = within_budget(parts, budget)
    held = {name for name, split in kept.items() if isinstance(split.images, np.ndarray)}
    assert held == set(parts if expected is None else expected)
    for name, split in kept.items():
        np.testing.assert_array_equal(split.images[:], PIXELS[split.indices])
        assert split.labels is parts[name].labels
        assert isinstance(split.images, np.ndarray) or isinstance(split.images.source, RawSource)


def test_what_is_in_memory_already_is_left_alone():
    split = Split(PIXELS, None)
    assert within_budget({"train": split}, 0) == {"train": split}
