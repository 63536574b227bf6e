"""How often do the 95 % intervals of a report hold the true mean of an accuracy near 100 %, or of a loss near 0?

Run:     python benchmarks/coverage.py            (a minute; --draws 2000 for a quick look)

Repeats are drawn at random around a known mean p, and `cnnlab.runs.summary.summarize` makes its interval of them.
Beside it stands Student's t interval without regard for the range. Three ways in which repeats differ:

    images   each repeat is as good as the others, and is measured on 1,000 images (binomial)
    usual    the accuracies of repeats have an sd of 0.3 (1 - p) (beta), measured on 1,000 images
    wild     of 0.8 (1 - p): now and then a repeat goes wrong

Losses are log-normal of mean 1, with sds of 0.1, 0.5 and 1. Draws in which all repeats are equal have no interval, and
are counted apart.
"""

import argparse

import numpy as np

from cnnlab.runs.measures import measure_of
from cnnlab.runs.summary import summarize, t_quantile

IMAGES = 1000
SPREADS = {"images": 0.0, "usual": 0.3, "wild": 0.8}


def repeats(spread: float, p: float, n: int, draws: int, seed: int) -> np.ndarray:
    """Accuracies of mean p, (draws, n), of which `spread` (1 - p) is the sd before they are measured."""
    rng = np.random.default_rng(seed)
    true = np.full((draws, n), p)
    if spread:
        size = p * (1 - p) / (spread * (1 - p)) ** 2 - 1
        true = rng.beta(p * size, (1 - p) * size, (draws, n))
    return rng.binomial(IMAGES, true) / IMAGES


def losses(sd: float, n: int, draws: int, seed: int) -> np.ndarray:
    """Losses of mean 1 and that sd, (draws, n)."""
    sigma = np.log(1 + sd * sd) ** 0.5
    return np.random.default_rng(seed).lognormal(-sigma * sigma / 2, sigma, (draws, n))


def coverage(values: np.ndarray, true: float, metric: str = "accuracy") -> tuple[float, float, float, float]:
    """Shares of draws: intervals that hold the mean, Student's that do, that leave the range; draws without one."""
    summaries = [summarize(row.tolist(), metric) for row in values]
    measure = measure_of(metric)
    given = [one for one in summaries if one.ci95 is not None]
    quantile = t_quantile(values.shape[1] - 1) / values.shape[1] ** 0.5
    student = [(one.mean - quantile * one.sd, one.mean + quantile * one.sd) for one in given]
    return (
        float(np.mean([low <= true <= high for low, high in (one.ci95 for one in given)])),
        float(np.mean([low <= true <= high for low, high in student])),
        float(np.mean([low < measure.low or high > measure.high for low, high in student])),
        1 - len(given) / len(summaries),
    )


def main() -> None:
    """Print the table of docs/statistics.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=20_000)
    draws = parser.parse_args().draws
    print(
        "| repeats differ by | n | p | coverage % | Student's t % | Student's out of range % | all equal % |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, spread in SPREADS.items():
        for n in (3, 5, 10):
            for p in (0.9, 0.975, 0.995):
                found = coverage(repeats(spread, p, n, draws, seed=n), p)
                print(f"| {name} | {n} | {p} | {' | '.join(f'{100 * share:.1f}' for share in found)} |")
    for sd in (0.1, 0.5, 1.0):
        for n in (3, 5, 10):
            found = coverage(losses(sd, n, draws, seed=n), 1.0, "loss")
            print(f"| loss, sd {sd} | {n} | | {' | '.join(f'{100 * share:.1f}' for share in found)} |")


if __name__ == "__main__":
    main()
