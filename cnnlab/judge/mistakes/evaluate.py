"""Known mistakes in `evaluate`, found in the printed numbers."""

from collections.abc import Mapping

import numpy as np

from cnnlab.judge.mistakes.base import Mistakes
from cnnlab.judge.printed import Printed
from cnnlab.judge.references import Array

Sets = Mapping[str, tuple[Array, Array]]
"""Probabilities and one-hot labels by split: train, valid, test."""
Found = tuple[str, str]
LINES = ("train", "test")


def cross_entropy(p: Array, y: Array) -> float:
    """The loss that is right."""
    return float(-(y * np.log(p)).sum(axis=1).mean())


def accuracy(p: Array, y: Array) -> float:
    """The share that is right."""
    return float((p.argmax(axis=1) == y.argmax(axis=1)).mean())


LOSSES = Mistakes()
add = LOSSES.add
add(
    "loss_averaged_over_classes",
    "The loss is averaged over samples and classes: it should be summed over the classes, and averaged over the "
    "samples.",
    lambda p, y: cross_entropy(p, y) / y.shape[1],
)
add(
    "loss_summed",
    "The loss is summed over the samples: it should be their mean.",
    lambda p, y: cross_entropy(p, y) * len(y),
)
add(
    "loss_sign_lost",
    "The loss has the wrong sign: the logarithm of a probability is negative, and the loss its negative.",
    lambda p, y: -cross_entropy(p, y),
    lambda p, y: -cross_entropy(p, y) / y.shape[1],
    lambda p, y: -cross_entropy(p, y) * len(y),
)
add(
    "loss_log_base",
    "The logarithm has the wrong base: the loss uses the natural one.",
    lambda p, y: cross_entropy(p, y) / np.log(2),
    lambda p, y: cross_entropy(p, y) / np.log(10),
)
add(
    "loss_is_mean_squared_error",
    "This is a mean squared error: the lab asks for the cross-entropy.",
    lambda p, y: float(((p - y) ** 2).mean()),
    lambda p, y: float(((p - y) ** 2).sum(axis=1).mean()),
    lambda p, y: float(((p - y) ** 2).sum(axis=1).mean() / 2),
    lambda p, y: float(((p - y) ** 2).sum()),
    lambda p, y: float(np.sqrt(((p - y) ** 2).mean())),
)
add(
    "loss_is_mean_absolute_error",
    "This is a mean absolute error: the lab asks for the cross-entropy.",
    lambda p, y: float(np.abs(p - y).mean()),
    lambda p, y: float(np.abs(p - y).sum(axis=1).mean()),
)
add(
    "loss_is_binary_cross_entropy",
    "This is the cross-entropy of yes and no for each class: with a softmax only the probability of the true "
    "class counts.",
    lambda p, y: _binary(p, y) / y.shape[1],
    lambda p, y: _binary(p, y),
)
add(
    "loss_of_all_classes",
    "The logarithms of all classes' probabilities are counted: only that of the true class should be.",
    lambda p, y: float(-np.log(p).mean()),
    lambda p, y: float(-np.log(p).sum(axis=1).mean()),
)
add(
    "loss_of_mean_probability",
    "The logarithm is taken after averaging: it belongs to each sample.",
    lambda p, y: float(-np.log((p * y).sum(axis=1).mean())),
)
add(
    "loss_without_logarithm",
    "There is no logarithm in it: the loss is the negative logarithm of the true class' probability.",
    lambda p, y: float((p * y).sum(axis=1).mean()),
    lambda p, y: float(-(p * y).sum(axis=1).mean()),
    lambda p, y: float(1 - (p * y).sum(axis=1).mean()),
)


def _binary(p: Array, y: Array) -> float:
    return float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1).mean())


def _of_classes(p: Array, y: Array) -> Array:
    return p.argmax(axis=0) == y.argmax(axis=0)


ACCURACIES = Mistakes()
add = ACCURACIES.add
add(
    "argmax_wrong_axis",
    "The likeliest sample of each class is compared: the likeliest class of each sample should be.",
    lambda p, y: float(_of_classes(p, y).mean()),
    lambda p, y: float(_of_classes(p, y).sum() / len(y)),
    lambda p, y: 0.0,
)
add(
    "argmin_in_place_of_argmax",
    "The unlikeliest class is taken for the answer: it should be the likeliest.",
    lambda p, y: float((p.argmin(axis=1) == y.argmax(axis=1)).mean()),
)
add(
    "accuracy_is_error_rate",
    "This is the share of wrong answers: the accuracy is that of right ones.",
    lambda p, y: 1 - accuracy(p, y),
)
add(
    "accuracy_over_all_outputs",
    "Every output is compared on its own (above or below one half): the likeliest class should be compared with "
    "the label.",
    lambda p, y: float(((p > 0.5) == (y > 0.5)).mean()),
    lambda p, y: float((np.round(p) == y).all(axis=1).mean()),
)
add(
    "accuracy_is_a_count",
    "The right answers are counted and not divided by the number of samples.",
    lambda p, y: accuracy(p, y) * len(y),
)


def find_mistakes(printed: Mapping[str, Printed], sets: Sets) -> list[Found]:
    """Return what is wrong with the four numbers: at most one mistake for the losses and one for the accuracies."""
    both = _of_other_sets(printed, sets)
    if both is not None:
        return [both]
    return [f for f in (_loss(printed, sets), _accuracy(printed, sets)) if f is not None]


def _fits(printed: Mapping[str, Printed], sets: Sets, train: str, test: str) -> bool:
    """Whether all four lines are those of two sets."""
    return all(
        printed[f"{line}_loss"].equals(cross_entropy(*sets[of]))
        and printed[f"{line}_accuracy"].equals_share(accuracy(*sets[of]))
        for line, of in (("train", train), ("test", test))
    )


def _of_other_sets(printed: Mapping[str, Printed], sets: Sets) -> Found | None:
    if _fits(printed, sets, "test", "train"):
        return (
            "train_and_test_exchanged",
            "The training lines show the numbers of the test set, and the test lines those of the training set.",
        )
    if _fits(printed, sets, "train", "valid"):
        return "test_set_is_validation_set", "The test lines show the validation set's loss and accuracy."
    return None


def _loss(printed: Mapping[str, Printed], sets: Sets) -> Found | None:
    lines = {line: printed[f"{line}_loss"] for line in LINES}
    wrong = [line for line in LINES if not lines[line].equals(cross_entropy(*sets[line]))]
    if not wrong:
        return None
    for mistake in LOSSES.entries:
        if any(all(lines[line].equals(way(*sets[line])) for line in wrong) for way in mistake.ways):
            message = mistake.message
            return mistake.name, message if len(wrong) == 2 else f"{wrong[0].capitalize()} loss: {message}"
    for line, other in (("test", "train"), ("train", "test")):
        if wrong[0] == line and lines[line].equals(cross_entropy(*sets[other])):
            return (
                f"{line}_loss_prints_{other}_loss",
                f"The line of the {_long(line)} loss shows the {_long(other)} loss.",
            )
    if all(
        lines[line].equals(cross_entropy(*sets["test" if line == "train" else "train"])) for line in wrong
    ):
        return "train_and_test_exchanged", "Training and test loss are exchanged."
    for line in wrong:
        if lines[line].equals(cross_entropy(*sets["valid"])):
            return "loss_of_wrong_set", f"The line of the {_long(line)} loss shows the validation loss."
    seen = ", ".join(
        f"{_long(n)} loss {cross_entropy(*sets[n]):.4f}, received {lines[n].value:g}" for n in wrong
    )
    if any(not np.isfinite(lines[line].value) for line in wrong):
        return "not_finite", f"The loss is nan or infinite for ordinary probabilities: expected {seen}."
    return "unknown_difference", f"The loss is wrong, and no mistake known here gives it: expected {seen}."


def _accuracy(printed: Mapping[str, Printed], sets: Sets) -> Found | None:
    lines = {line: printed[f"{line}_accuracy"] for line in LINES}
    wrong = [line for line in LINES if not lines[line].equals_share(accuracy(*sets[line]))]
    if not wrong:
        return None
    for line in wrong:
        for other in sets:
            if all(lines[n].equals_share(accuracy(*sets[other if n == line else n])) for n in LINES):
                message = f"The line of the {_long(line)} accuracy shows that of the {_long(other)} set."
                return "accuracy_of_wrong_set", message
    if all(lines[n].equals_share(accuracy(*sets["test" if n == "train" else "train"])) for n in LINES):
        return "accuracy_of_wrong_set", "Training and test accuracy are exchanged."
    p, y = sets["test"]
    if wrong == ["test"] and lines["test"].equals_share(accuracy(p, y) * len(y) / len(sets["train"][1])):
        message = "The test set's right answers are divided by the size of the training set."
        return "accuracy_divided_by_train_size", message
    for mistake in ACCURACIES.entries:
        if any(all(lines[line].equals_share(way(*sets[line])) for line in wrong) for way in mistake.ways):
            return mistake.name, mistake.message
    seen = ", ".join(f"{_long(n)} {accuracy(*sets[n]):.4f}, received {lines[n].value:g}" for n in wrong)
    return (
        "unknown_difference",
        f"The accuracy is wrong, and no mistake known here gives it: expected {seen}.",
    )


def _long(line: str) -> str:
    return {"train": "training", "valid": "validation", "test": "test"}[line]
