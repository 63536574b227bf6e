"""How far a backend is from the reference on the same weights and the same images, and whether they were the same."""

import math
from dataclasses import dataclass

import numpy as np

from cnnlab.runs.comparison_folder import FirstStep
from cnnlab.runs.folder import RepeatFolder
from cnnlab.runs.inputs_log import read_inputs
from cnnlab.runs.read import Run

PROBABILITIES = "probabilities"


@dataclass(frozen=True)
class Agreement:
    """Of one backend's first step beside the reference's: largest absolute differences.

    gradient: over all entries of all trainable variables, `where` the variable; largest_gradient: of the reference.
    """

    same_weights: bool
    same_batch: bool
    loss: float
    probability: float
    gradient: float
    where: str
    largest_gradient: float


def agreement(ours: FirstStep, theirs: FirstStep) -> Agreement | None:
    """Compare two first steps; None where they are not of the same network and number of images."""
    our_figures, their_figures = ours.figures, theirs.figures
    our_arrays, their_arrays = ours.arrays, theirs.arrays
    shapes = [{name: array.shape for name, array in arrays.items()} for arrays in (our_arrays, their_arrays)]
    gradients = [name for name in their_arrays if name != PROBABILITIES]
    if shapes[0] != shapes[1] or not gradients or PROBABILITIES not in their_arrays:
        return None
    distances = {name: _largest(our_arrays[name] - their_arrays[name]) for name in gradients}
    where = max(distances, key=lambda name: distances[name])
    return Agreement(
        same_weights=our_figures.weights_sha256 == their_figures.weights_sha256,
        same_batch=our_figures.batch_crc32 == their_figures.batch_crc32,
        loss=abs(_known(our_figures.loss) - _known(their_figures.loss)),
        probability=_largest(our_arrays[PROBABILITIES] - their_arrays[PROBABILITIES]),
        gradient=distances[where],
        where=where,
        largest_gradient=max(_largest(their_arrays[name]) for name in gradients),
    )


@dataclass(frozen=True)
class InputAgreement:
    """Over how many epochs of shared repeats the inputs were compared, and in how many they were the same bits."""

    epochs: int
    same: int


def same_inputs(ours: Run, theirs: Run) -> InputAgreement:
    """Compare the hashes of every epoch that both runs have."""
    pairs = []
    for repeat in theirs.repeats:
        hashes = [_hashes(run, repeat.k) for run in (ours, theirs)]
        pairs += [(hashes[0][epoch], hashes[1][epoch]) for epoch in hashes[0].keys() & hashes[1].keys()]
    return InputAgreement(len(pairs), sum(a == b for a, b in pairs))


def _hashes(run: Run, k: int) -> dict[int, str]:
    return next((read_inputs(RepeatFolder(r.path, k).inputs_path) for r in run.repeats if r.k == k), {})


def _known(number: float | None) -> float:
    return math.nan if number is None else number


def _largest(array: np.ndarray) -> float:
    return float(np.max(np.abs(array.astype(np.float64)), initial=0.0))
