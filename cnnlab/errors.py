"""The errors a person can meet, each with its exit code.

The command line catches `CnnlabError` and nothing else: it prints the message, one clear sentence, to
stderr and exits with `exit_code`. Anything else is a bug in cnnlab and shows its traceback.
Below the errors: what their sentences are made with.
"""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

EXIT_OK = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2
EXIT_DIFFERENCE = 3
EXIT_REPEATS_FAILED = 4
EXIT_DATA = 5
EXIT_INTERRUPTED = 130


class CnnlabError(Exception):
    """Something a person can put right; the message says what, where and how."""

    exit_code = EXIT_USAGE


class ConfigError(CnnlabError):
    """A config, an option or a file named in one is wrong (exit code 2)."""


class RunError(CnnlabError):
    """A run folder or the runs directory cannot be used as asked (exit code 2)."""


class DataError(CnnlabError):
    """Data are missing or damaged (exit code 5)."""

    exit_code = EXIT_DATA


class DifferenceFound(CnnlabError):
    """A verification found a difference (exit code 3)."""

    exit_code = EXIT_DIFFERENCE


class PicturesMissing(UserWarning):
    """A run is complete but for its pictures, which the disk refused."""


class Unfinished(CnnlabError):
    """A training did not come to its end; `folder` is that of the run or sweep, where what is finished is kept."""

    def __init__(self, message: str, folder: Path | None = None) -> None:
        """folder: None where there is nothing to show."""
        super().__init__(message)
        self.folder = folder


class RepeatsFailed(Unfinished):
    """Some repeats of a run failed; the others are kept (exit code 4)."""

    exit_code = EXIT_REPEATS_FAILED


class Interrupted(Unfinished):
    """Stopped by a person or a scheduler, with the state saved (exit code 130)."""

    exit_code = EXIT_INTERRUPTED


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for the nearest candidate, or an empty string."""
    near = difflib.get_close_matches(word.lower()[:100], list(candidates), n=1, cutoff=0.6)
    return f" (did you mean '{near[0]}'?)" if near else ""


def describe(value: Any) -> str:
    """What was received, in words: "the text 'x'", "a list of 3", "nothing"."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text '{shown(value)}'"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, dict):
        more = ", ..." if len(value) > 5 else ""
        return (
            f"a map with {', '.join(shown(key) for key in list(value)[:5])}{more}"
            if value
            else "an empty map"
        )
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    return f"a {type(value).__name__}"


def shown(value: object, longest: int = 40) -> str:
    """`value` as text for a message: on one line, printable, and no longer than `longest`."""
    text = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "replace").decode() for c in str(value)
    )
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def printable(text: str) -> str:
    """Return text on one line without control characters or escape sequences, harmless to a terminal."""
    if text.isprintable():
        return text
    return "".join(map(_printable, text))


def printable_lines(text: str) -> str:
    """Return text, its lines as they are, without other control characters or escape sequences."""
    return "\n".join(map(printable, text.split("\n")))


def _printable(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) == "Zs":  # spaces of all kinds
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"


def counted(n: int, noun: str, plural: str = "") -> str:
    """Return "1 repeat", "2 repeats", "1,000 classes"; `plural` where it is neither -s nor, after an s, -es."""
    return f"{n:,} {noun if n == 1 else plural or noun + ('es' if noun.endswith('s') else 's')}"


def from_to(numbers: Sequence[int]) -> str:
    """Return "1,000", or "3 to 1,000" where the numbers differ."""
    lowest, highest = min(numbers), max(numbers)
    return f"{lowest:,}" if lowest == highest else f"{lowest:,} to {highest:,}"


def first_few(texts: Sequence[str], most: int, joint: str = ", ") -> str:
    """Return the first of the texts, and how many more there are: "a, b and 3 more"."""
    more = f" and {len(texts) - most} more" if len(texts) > most else ""
    return joint.join(texts[:most]) + more
