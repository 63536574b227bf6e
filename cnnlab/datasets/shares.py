"""Drawing so that each class keeps its share."""

import numpy as np


def class_shares(labels: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    """How many of `size` images each class gets, by its share of the n images: int64, shape (classes,).

    By largest remainders (Hamilton's method): each class gets its share of `size` rounded down, and those with the
    largest fractions lost get one more, drawn by `rng` among equals.

    labels: int64, shape (n,), n at least `size`.
    """
    shares, lost = np.divmod(np.bincount(labels) * size, max(len(labels), 1))
    by_loss = np.lexsort((rng.permutation(len(lost)), -lost))
    shares[by_loss[: size - shares.sum()]] += 1
    return shares


def first_of_each(labels: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Mark the first shares[k] images of each class k: bool, shape (n,). labels: int64, shape (n,)."""
    chosen = np.zeros(len(labels), bool)
    for label, share in enumerate(shares.tolist()):
        chosen[np.flatnonzero(labels == label)[:share]] = True
    return chosen
