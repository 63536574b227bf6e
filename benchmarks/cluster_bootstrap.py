"""How often do 95 % intervals by resampling groups hold the accuracy, or the AUC, of all groups there are?

Run:     python benchmarks/cluster_bootstrap.py            (20 minutes; --draws 200 for a quick look)

Groups are drawn at random, 20 images in each on average: all alike, or of unlike sizes (log-normal, the logarithm's sd
is 1). The correlation of images in a group is that of right and wrong answers (accuracy 0.85; the groups' own
accuracies are of a beta distribution), or of scores (AUC 0.85; normal, with a shift of each group, which has a share of
each class of its own). Beside a report's interval (`cnnlab.report.cluster_bootstrap`) stand the plain percentiles, BCa
(Efron 1987), and what those have who forget the groups: percentiles of resampled images.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr, ndtri

from cnnlab.metrics.resampled import GroupedImages, resampled_figures
from cnnlab.report.cluster_bootstrap import draw_groups, percentile_interval

TRUE = 0.85
IMAGES = 20
FEWER = 200  # resamples of single images, of which there are many
METHODS = ("report", "percentile", "BCa", "images")


def group_sizes(groups: int, unlike: bool, rng: np.random.Generator) -> np.ndarray:
    """How many images each group has: int64 (groups,), at least one."""
    if not unlike:
        return np.full(groups, IMAGES)
    return np.maximum(1, np.round(rng.lognormal(np.log(IMAGES) - 0.5, 1.0, groups))).astype(int)


def answers(groups: np.ndarray, correlation: float, rng: np.random.Generator) -> GroupedImages:
    """Images of one class, of which a share of TRUE is right in the long run."""
    count = groups.max() + 1
    rate = np.full(count, TRUE)
    if correlation:
        size = 1 / correlation - 1
        rate = rng.beta(TRUE * size, (1 - TRUE) * size, count)
    right = rng.random(len(groups)) < rate[groups]
    return GroupedImages(np.zeros(len(groups), int), np.stack([right, ~right], axis=1).astype(float), groups)


def scores(groups: np.ndarray, correlation: float, rng: np.random.Generator) -> GroupedImages:
    """Images of two classes, of which each group has its own shares; the scores' AUC is TRUE in the long run."""
    count = groups.max() + 1
    labels = (rng.random(len(groups)) < rng.random(count)[groups]).astype(int)
    shift = rng.normal(0, correlation**0.5, count)[groups]
    score = ndtri(TRUE) * 2**0.5 * labels + shift + rng.normal(0, (1 - correlation) ** 0.5, len(groups))
    return GroupedImages(labels, np.stack([1 - ndtr(score / 4), ndtr(score / 4)], axis=1), groups)


def intervals(images: GroupedImages, key: str, resamples: int, seed: int) -> Iterator[tuple[float, float]]:
    """The interval of each of METHODS; nan where there is none."""
    groups = int(images.groups.max()) + 1
    once = np.ones((1, groups), int)
    times = np.concatenate([once, once - np.eye(groups, dtype=int), *draw_groups(groups, resamples, seed)])
    found = resampled_figures(images, times, [key])[key]
    figure, without, figures = found[0], found[1 : groups + 1], found[groups + 1 :]
    yield percentile_interval(figures, groups) or (np.nan, np.nan)
    yield quantiles(figures, 0.025, 0.975)
    yield quantiles(figures, *bca_levels(figures, figure, without))
    alone = GroupedImages(images.labels, images.probabilities, np.arange(len(images.labels)))
    of_images = resampled_figures(
        alone, np.concatenate([*draw_groups(len(images.labels), FEWER, seed)]), [key]
    )[key]
    yield quantiles(of_images, 0.025, 0.975)


def quantiles(figures: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """Two quantiles of the values that are defined."""
    low, high = np.nanquantile(figures, [low, high])
    return float(low), float(high)


def bca_levels(figures: np.ndarray, figure: float, without: np.ndarray) -> tuple[float, float]:
    """The levels of the bias-corrected and accelerated interval; without: the figure without each of the groups."""
    below = ((figures < figure).mean() + (figures <= figure).mean()) / 2
    bias = ndtri(np.clip(below, 1e-3, 1 - 1e-3))
    gaps = np.nanmean(without) - without
    spread = np.nansum(gaps**2)
    acceleration = np.nansum(gaps**3) / (6 * spread**1.5) if spread else 0.0
    ends = bias + ndtri(np.array([0.025, 0.975]))
    return tuple(np.clip(ndtr(bias + ends / (1 - acceleration * ends)), 0, 1))


def coverage(
    key: str, groups: int, unlike: bool, correlation: float, draws: int, resamples: int
) -> np.ndarray:
    """Shares of the draws in which each method's interval holds TRUE, and its mean width: (methods, 2)."""
    found = []
    for draw in range(draws):
        rng = np.random.default_rng([draw, groups, unlike, int(100 * correlation)])
        of_image = np.repeat(np.arange(groups), group_sizes(groups, unlike, rng))
        images = (answers if key == "accuracy" else scores)(of_image, correlation, rng)
        found.append(list(intervals(images, key, resamples, draw)))
    low, high = np.moveaxis(np.array(found), 2, 0)
    known = np.isfinite(low)
    held = ((low <= TRUE) & (high >= TRUE) & known).sum(axis=0) / known.sum(axis=0)
    return np.stack([held, np.nanmean(high - low, axis=0)], axis=1)


def main() -> None:
    """Print the table of docs/statistics.md."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--metric", choices=("accuracy", "auc"), action="append")
    parser.add_argument("--groups", type=int, action="append")
    arguments = parser.parse_args()
    print("| metric | groups | sizes | correlation | report % | percentile % | BCa % | images % | width |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|")
    for key in arguments.metric or ("accuracy", "auc"):
        for groups in arguments.groups or (10, 30, 100):
            for unlike in (False, True):
                for correlation in (0.0, 0.1, 0.3):
                    found = coverage(key, groups, unlike, correlation, arguments.draws, arguments.resamples)
                    held = " | ".join(f"{100 * share:.1f}" for share in found[:, 0])
                    sizes = "unlike" if unlike else "alike"
                    print(
                        f"| {key} | {groups} | {sizes} | {correlation} | {held} | {found[0, 1]:.3f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
