"""What a person probably meant with a command line that the option parser refuses."""

from collections.abc import Sequence
from typing import Any

MOVED = "verify --implementation is a command of its own now: cnnlab judge FILE..."
WITH_CONFIG = ("train", "model", "preview", "verify")


def usage_hint(error: Any, arguments: Sequence[str]) -> str | None:
    """A sentence that helps with a usage error of a command that takes a config; None where there is none."""
    if not arguments or arguments[0] not in WITH_CONFIG:
        return None
    if arguments[0] == "verify" and {"--implementation", "--template"} & set(arguments):
        return MOVED
    option = getattr(error, "option_name", None)
    if isinstance(option, str) and type(error).__name__ == "NoSuchOption":
        return _as_a_key(option.lstrip("-").replace("-", "_"))
    if "unexpected extra argument" not in error.format_message():
        return None
    file = next((word for word in arguments[1:] if word.endswith((".yaml", ".yml"))), None)
    if file is not None and not {"-c", "--config"} & set(arguments):
        return f"The config is named with --config: cnnlab {arguments[0]} --config {file}"
    if "--set" in arguments:
        return "--set takes KEY=VALUE in one word, such as --set training.epochs=5."
    return None


def _as_a_key(name: str) -> str | None:
    from cnnlab.config.key_suggestions import full_key

    place = full_key(name)
    return None if place is None else f"'{place}' is a value of the config: --set {place}=VALUE"
