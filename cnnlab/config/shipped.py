"""The configs that come with cnnlab."""

import shutil
from pathlib import Path

from cnnlab.errors import ConfigError, did_you_mean


def shipped_directory() -> Path:
    """Where the shipped configs lie: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "shipped_configs"
    return installed if installed.is_dir() else package.parent / "configs"


def shipped_configs() -> dict[str, str]:
    """Each shipped config's name, such as "mnist128/lab2025", with the question it answers."""
    root = shipped_directory()
    names = {path.relative_to(root).with_suffix("").as_posix(): path for path in sorted(root.rglob("*.yaml"))}
    return {name: _question(path) for name, path in names.items()}


def full_name(name: str) -> str | None:
    """The shipped config that `name` means: its name, with or without .yaml, or the last part of it alone."""
    plain = name.removesuffix(".yaml").removeprefix("configs/")
    names = list(shipped_configs())
    ending = [each for each in names if each.rpartition("/")[2] == plain]
    return plain if plain in names else ending[0] if len(ending) == 1 else None


def copy_shipped(name: str, target: Path | None = None) -> Path:
    """Copy a shipped config to `target`, or to its own name in the working directory; returns the path.

    Raises ConfigError when there is no such config, or when the target exists.
    """
    configs = shipped_configs()
    wanted = full_name(name)
    if wanted is None:
        raise ConfigError(
            f"no shipped config is called '{name}'{did_you_mean(name, configs)}; there are: {', '.join(configs)}."
        )
    source = shipped_directory() / f"{wanted}.yaml"
    path = target or Path(source.name)
    if path.is_dir():
        path /= source.name
    if path.exists():
        raise ConfigError(f"{path} exists already: name another file, or remove it.")
    try:
        shutil.copyfile(source, path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}.") from None
    return path


def _question(path: Path) -> str:
    """The text after "# Question:" in the first comment, with its continuation lines."""
    words: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# Question:"):
            words.append(line.removeprefix("# Question:").strip())
        elif words and line.startswith("#  "):
            words.append(line.lstrip("# ").strip())
        elif words:
            break
    return " ".join(words)
