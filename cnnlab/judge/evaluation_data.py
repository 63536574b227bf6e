"""The small real data set that `evaluate` is asked about, and the numbers that are right.

Real digits, and a small network with a dense layer fitted to them. Images are picked so that the splits have
different sizes and accuracies: no line can pass for another. Of the images that the network gets wrong, a few
get the class as label that the network finds unlikeliest, so that even taking the minimum for the answer scores.
"""

from dataclasses import dataclass

import numpy as np

from cnnlab.judge.mistakes.evaluate import ACCURACIES, LINES, LOSSES, accuracy, cross_entropy
from cnnlab.judge.networks import Setup, draw_setup
from cnnlab.judge.references import Array, Reference

WORDS = ("conv 2", "pool", "conv 3", "pool", "flatten", "dense 10")
SIZES = {"train": (18, 14), "valid": (11, 5), "test": (13, 8)}  # images, and how many of them are got right
CLASSES = 10
FITTED = 140  # images for the dense layer; the others are evaluated
MOST_NETWORKS, MOST_PICKS = 8, 150
SMALLEST_GAP = 0.004  # between numbers that must not be taken for each other


@dataclass(frozen=True)
class EvaluationCase:
    """A data set with a network; `probabilities` are the right ones by split."""

    grade: str
    setup: Setup
    data: dict[str, Array]
    probabilities: dict[str, Array]

    def numbers(self) -> dict[str, int]:
        """The data set's K, C and sizes."""
        sizes = {f"N_{split}": len(self.data[f"x_{split}"]) for split in SIZES}
        return {"K": CLASSES, "C": self.data["x_train"].shape[3], **sizes}

    def one_hot(self, split: str) -> Array:
        """The labels of a split."""
        return self.data[f"y_{split}_oh"]


def load_digits() -> tuple[Array, Array]:
    """A few hundred of the bundled digits in [-1, 1], float32, with labels; well mixed."""
    from cnnlab.datasets.base import DataPlaces
    from cnnlab.datasets.mnist10k import mnist10k

    train = mnist10k(DataPlaces()).train
    assert train.labels is not None
    chosen = np.random.default_rng(4).permutation(len(train))[:300]
    images = train.images[chosen].astype(np.float32) / np.float32(127.5) - np.float32(1)
    return images, train.labels[chosen]


def evaluation_cases(
    reference: Reference, images: Array, labels: Array, seed: int = 0
) -> list[EvaluationCase]:
    """The ordinary one, and one with probabilities of exactly zero."""
    return [_ordinary(reference, images, labels, seed), _zeros(reference, images)]


def _ordinary(reference: Reference, images: Array, labels: Array, seed: int) -> EvaluationCase:
    """Fit networks and pick images until no line can pass for another."""
    for network in range(MOST_NETWORKS):
        rng = np.random.default_rng([seed, 5, network])
        setup = draw_setup(rng, WORDS, images.shape[1:])
        features = reference.predict(setup.layers()[:-1], images.astype(np.float64))
        setup.W[-1], setup.b[-1] = _fit(features[:FITTED], labels[:FITTED])
        p = reference.predict(setup.layers()[-1:], features[FITTED:])
        for _ in range(MOST_PICKS):
            case = _case(setup, p, images[FITTED:], _pick(p, labels[FITTED:], rng))
            if _tells_apart(case):
                return case
    return case


def _case(setup: Setup, p: Array, images: Array, picked: dict[str, tuple[Array, Array]]) -> EvaluationCase:
    data: dict[str, Array] = {}
    for split, (chosen, truth) in picked.items():
        data |= _split(split, images[chosen], truth)
    probabilities = {split: p[chosen] for split, (chosen, _) in picked.items()}
    return EvaluationCase("required", setup, data, probabilities)


def _pick(p: Array, labels: Array, rng: np.random.Generator) -> dict[str, tuple[Array, Array]]:
    """Pick images for each split, as many right and wrong ones as `SIZES` says: their numbers and labels."""
    right = p.argmax(axis=1) == labels
    sure = p.min(axis=1) > 1e-6  # a loss with a small constant in the logarithm still agrees
    hits = list(rng.permutation(np.flatnonzero(right & sure)))
    misses = list(rng.permutation(np.flatnonzero(~right & sure)))
    picked = {}
    for split, (count, good) in SIZES.items():
        wrong = [misses.pop() for _ in range(count - good)]
        chosen = rng.permutation(wrong + [hits.pop() for _ in range(good)])
        truth = labels[chosen]
        turned = np.isin(chosen, wrong[: 1 + count // 10])
        truth[turned] = p[chosen[turned]].argmin(axis=1)
        picked[split] = chosen, truth
    return picked


def _tells_apart(case: EvaluationCase) -> bool:
    """Whether losses and accuracies of all sets, and the wrong ones that are known, all differ when printed."""
    sets = {split: (p, case.one_hot(split)) for split, p in case.probabilities.items()}
    for line in LINES:
        p, y = sets[line]
        losses = [cross_entropy(*other) for other in sets.values()]
        losses += [way(p, y) for mistake in LOSSES.entries for way in mistake.ways]
        shares = [accuracy(*other) for other in sets.values()]
        shares += [way(p, y) for mistake in ACCURACIES.entries for way in mistake.ways]
        if line == "test":
            shares.append(accuracy(p, y) * len(y) / len(sets["train"][1]))
        for values in (losses, shares):
            gaps = np.diff(np.sort(values))
            if gaps.min() < SMALLEST_GAP:
                return False
    return True


def _fit(features: Array, labels: Array) -> tuple[Array, Array]:
    """A dense layer by ridge regression on the labels: a network that knows something, in milliseconds."""
    design = np.column_stack([features, np.ones(len(features))])
    targets = 4.0 * (labels[:, np.newaxis] == np.arange(CLASSES))
    gram = design.T @ design + 5.0 * np.eye(design.shape[1])
    solution = np.linalg.solve(gram, design.T @ targets).T  # (classes, features + 1)
    return solution[:, :-1].astype(np.float32), solution[:, -1:].astype(np.float32)


def _zeros(reference: Reference, images: Array) -> EvaluationCase:
    """Class 0 has probability one, all others exactly zero, in float32 and float64; half the labels are 0."""
    bias = np.where(np.arange(CLASSES) == 0, 0, -900).astype(np.float32)[:, np.newaxis]
    matrix = np.zeros((CLASSES, images[0].size), np.float32)
    setup = Setup([np.zeros(0), matrix], [np.zeros(0), bias], ("flatten", "dense"))
    data: dict[str, Array] = {}
    probabilities: dict[str, Array] = {}
    for split, x in (("train", images[:4]), ("valid", images[4:7]), ("test", images[7:12])):
        data |= _split(split, x, np.arange(len(x)) % 2)
        probabilities[split] = reference.predict(setup.layers(), x.astype(np.float64))
    return EvaluationCase("robust", setup, data, probabilities)


def _split(split: str, x: Array, y: Array) -> dict[str, Array]:
    one_hot = (y[:, np.newaxis] == np.arange(CLASSES)).astype(np.float32)
    return {f"x_{split}": x, f"y_{split}": y.astype(np.int64), f"y_{split}_oh": one_hot}
