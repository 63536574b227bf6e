"""config.yaml of a run folder, as plain data: it may be damaged, of another version, or a stranger's."""

import re
from pathlib import Path
from typing import Any

from cnnlab.reading import read_text
from cnnlab.runs.record import MOST_LEVELS, harmless

MOST_BYTES = 1_000_000
MOST_EVENTS = 100_000
MOST_VALUES = 50_000  # each use of an alias counted
LONGEST_NUMBER = 20  # digits
_LONG_NUMBER = re.compile(rf"[-+]?[0-9_]{{{LONGEST_NUMBER + 1},}}")


def read_config(path: Path, notes: list[str]) -> dict[str, Any]:
    """Return the content of a config, printable; empty, with a note, where it is missing or damaged.

    Damaged is also what no config holds: aliases that multiply, deep nesting, giant numbers, dates, binary data.
    """
    try:
        return harmless(load_yaml(read_text(path, MOST_BYTES), merge=False), MOST_VALUES)
    except FileNotFoundError:
        notes.append(f"{path.name} is missing")
    except (OSError, ValueError, RecursionError):
        notes.append(f"{path.name} is damaged")
    return {}


def load_yaml(text: str, *, merge: bool = True) -> Any:
    """Parse YAML; raises ValueError where it is none, and for what no config holds, before anything is built.

    merge: whether ``<<`` may be used, which can multiply what it holds. libyaml's composer ends the whole process on
    very deep nesting, so the depth is counted first.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's is ten times faster
    depth = 0
    try:
        for number, event in enumerate(yaml.parse(text, loader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_LEVELS or number > MOST_EVENTS:
                raise ValueError("nested too deeply, or too long")
            plain = event.value if isinstance(event, yaml.ScalarEvent) and not event.style else ""
            if _LONG_NUMBER.fullmatch(plain) or (plain == "<<" and not merge):
                raise ValueError(f"{plain[:20]} is not expected here")
        return yaml.load(text, loader)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
