"""How often do the 95 % intervals of a report hold the true mean of an accuracy near 100 %?

Run:     python benchmarks/coverage.py            (a minute; --draws 2000 for a quick look)

Repeats are drawn at random around a known mean p, and `cnnlab.runs.summary.summarize` makes its interval of them.
Beside it stands Student's t interval without regard for the range. Three ways in which repeats differ:

    images   each repeat is as good as the others, and is measured on 1,000 images (binomial)
    usual    the accuracies of repeats have an sd of 0.3 (1 - p) (beta), measured on 1,000 images
    wild     of 0.8 (1 - p): now and then a repeat goes wrong

Draws in which all repeats are equal have no interval, and are counted apart.
"""

import argparse

import numpy as np

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


def coverage(values: np.ndarray, p: float) -> tuple[float, float, float, float]:
    """Shares of draws: intervals that hold p, Student's that do, Student's that leave the range; draws without one."""
    summaries = [summarize(row.tolist(), "accuracy") for row in values]
    given = [one for one in summaries if one.ci95 is not None]
    quantile = t_quantile(values.shape[1] - 1) / values.shape[1] ** 0.5
    student = [(one.mean - quantile * one.sd, one.mean + quantile * one.sd) for one in given]
    return (
        float(np.mean([low <= p <= high for low, high in (one.ci95 for one in given)])),
        float(np.mean([low <= p <= high for low, high in student])),
        float(np.mean([low < 0 or high > 1 for low, high in student])),
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
        "| repeats differ by | n | p | coverage % | Student's t % | of which leave the range % | all equal % |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, spread in SPREADS.items():
        for n in (3, 5, 10):
            for p in (0.9, 0.975, 0.995):
                found = coverage(repeats(spread, p, n, draws, seed=n), p)
                print(f"| {name} | {n} | {p} | {' | '.join(f'{100 * share:.1f}' for share in found)} |")


if __name__ == "__main__":
    main()
