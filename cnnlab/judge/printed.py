"""Reading the four lines that `evaluate` prints."""

import re

KEYS = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
NUMBER = r"[-+]?(?:\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|inf(?:inity)?)"
LINE = re.compile(
    r"\b(?P<set>train|test)(?:ing)?\b[\s_\-]*(?:set\b|data\b)?[\s_\-]*(?P<what>loss|acc(?:uracy)?)\b"
    r"(?:[^\n\d+\-.]|-(?![\d.]|inf)|\.(?!\d))*?(?P<number>" + NUMBER + r")(?![\w.]*\d)\s*(?P<percent>%?)",
    re.IGNORECASE,
)


class Printed:
    """One printed number, and how exactly it was printed."""

    def __init__(self, text: str) -> None:
        """Read a number such as ``98.11``, ``1e-3`` or ``nan``."""
        self.value = float(text.replace("_", ""))
        mantissa, _, exponent = text.lower().partition("e")
        decimals = len(mantissa.partition(".")[2])
        self.tolerance = (
            0.51 * 10.0 ** (int(exponent or 0) - decimals) if text[-1].isdigit() or "." in text else 0.0
        )

    def equals(self, number: float) -> bool:
        """Whether `number` could have been printed so."""
        return abs(self.value - number) <= self.tolerance + 2e-4 * abs(number) + 1e-7

    def equals_share(self, share: float) -> bool:
        """The same for a share, which may be printed in percent."""
        return self.equals(share) or self.equals(100 * share)


def read_lines(text: str) -> dict[str, Printed]:
    """Return the numbers by key; of several lines of one kind the last counts."""
    found = {}
    for match in LINE.finditer(text.replace("np.float64(", "").replace("np.float32(", "")):
        kind = "loss" if match["what"].lower() == "loss" else "accuracy"
        found[f"{match['set'].lower()}_{kind}"] = Printed(match["number"])
    return found
