"""The verdict on a verification, in words; input is verify.json's content."""

from collections.abc import Mapping
from typing import Any

from rich.text import Text

Entry = Mapping[str, Any]


def verdict_text(result: Entry) -> Text:
    """Return the verdict on the whole, one line."""
    if result["passed"]:
        return Text("Keras and NumPy agree within rounding.", style="bold green")
    return Text(f"DIFFERENT: {difference_sentence(result)}", style="bold red")


def difference_sentence(result: Entry) -> str:
    """Return which layers, which place of the network and which split differ, and by how much."""
    found = []
    for kind in (result.get("layers") or {}).get("kinds", ()):
        if not kind["passed"]:
            found.append(f"layer {kind['kind']} in {len(kind['failed'])} of {kind['cases']} cases")
    network = result.get("network") or {}
    if network and not network["passed"]:
        found.append(f"the network {_place(network)}")
    for name, split in (result.get("data") or {}).get("splits", {}).items():
        if not split["passed"]:
            difference = small(split["largest_difference"])
            found.append(
                f"{name} data: probabilities by {difference}, {split['classes_differ']} other classes"
            )
    return "; ".join(found)


def _place(network: Entry) -> str:
    if network["error"]:
        return f"breaks down ({network['error']})"
    if network["first_difference"]:
        return f"from {network['first_difference']} on"
    wrong = [weight["name"] for weight in network["gradients"] if not weight["passed"]]
    return f"in the gradient of {', '.join(wrong)}" if wrong else "in its weight count"


def total(value: Any) -> str:
    """Return a sum in nine characters: 804.32874."""
    number = float(value)
    if number == 0 or not 1e-3 <= abs(number) < 1e8:
        return "0" if number == 0 else f"{number:.3e}"
    return f"{number:.{8 - len(str(int(abs(number))))}f}".rstrip(".")


def small(value: Any) -> str:
    """Return a difference with two digits; a plain 0 means equal to the last bit."""
    number = float(value)
    return "0" if number == 0 else f"{number:.1e}"
