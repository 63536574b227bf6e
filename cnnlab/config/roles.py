"""What a key of the config is for: each field of the schema declares its role, once.

From the role follow the hashes of a config (`cnnlab.config.identity`), which runs may be pooled, what sets a run
apart from published values, which settings a report lists, and which keys cannot be swept.
"""

from enum import Enum


class Role(Enum):
    """What a change of the key can change."""

    RESULTS = "what the results of a repeat are, whatever its seed"
    IMAGES = "the same, and which images a repeat with a given seed has"
    FIGURES = "which figures are computed of the same networks"
    SAMPLE = "which sample of the same results is drawn: by the seed, by more repeats, by rounding elsewhere"
    LABEL = "nothing: what a run is called, and what stands beside its results"
    RUNNING = "nothing: how a run is executed"


CHANGES_RESULTS = frozenset({Role.RESULTS, Role.IMAGES})
"""Results of runs that agree in these may stand beside each other."""

EXPERIMENT = CHANGES_RESULTS | {Role.FIGURES}
"""Runs that agree in these can be pooled."""

SAMPLE = EXPERIMENT | {Role.SAMPLE}
"""Runs that agree in these have the same results to the bit."""

RUN = SAMPLE | {Role.LABEL}
"""Runs that agree in these are the same run."""
