"""The layer kinds that can be verified, by the names that people type."""

from collections.abc import Sequence

from cnnlab.errors import ConfigError, did_you_mean
from cnnlab.verify.cases import CASES, Case
from cnnlab.verify.loss_pair import LOSS_CASES

ALL_CASES: dict[str, list[Case]] = CASES | LOSS_CASES
"""Layers and losses, in the order of the tables."""


def chosen_kinds(names: Sequence[str]) -> list[str]:
    """The kinds that `names` mean, in the order of the tables; all kinds without a name.

    Capitals and underscores do not matter: ``conv2d``, ``Conv2D`` and ``max_pooling_2d`` are understood. Raises
    ConfigError, with the list, for any other name.
    """
    by_name = {_plain(kind): kind for kind in ALL_CASES}
    for name in names:
        if _plain(name) not in by_name:
            nearest = did_you_mean(_plain(name), by_name)
            raise ConfigError(
                f"--layer: there is no layer kind '{name}'{nearest}; kinds: {', '.join(map(str.lower, ALL_CASES))}."
            )
    wanted = {by_name[_plain(name)] for name in names} or set(ALL_CASES)
    return [kind for kind in ALL_CASES if kind in wanted]


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
