"""The directions of the architecture, and what each command may import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, TINY, environment

PACKAGE = REPOSITORY / "cnnlab"
HEAVY = ("keras", "tensorflow", "torch", "jax")


def modules_after(code: str, cwd: Path) -> set[str]:
    """The top-level modules that are loaded once `code` has run in a fresh process."""
    names = "print(*{name.partition('.')[0] for name in sys.modules})"
    program = f"import sys\ntry:\n {code}\nexcept SystemExit: pass\n{names}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["train", "--help"],
        ["verify", "--help"],
        ["verify", "--layer", "conv3d"],
        ["config", "check", "tiny.yaml"],
        ["config", "check", "bad.yaml"],
        ["blocks"],
    ],
    ids=" ".join,
)
def test_light_commands_import_no_framework(arguments: list[str], tmp_path: Path) -> None:
    """Help, config checks and listings are instant."""
    (tmp_path / "tiny.yaml").write_text(TINY)
    (tmp_path / "bad.yaml").write_text("name: 3")
    code = f"sys.argv = {['cnnlab', *arguments]!r}; from cnnlab.cli.app import main; main()"
    assert not modules_after(code, tmp_path) & {*HEAVY, "matplotlib", "scipy"}


def test_report_imports_no_framework_and_no_pyplot(tmp_path: Path) -> None:
    """The modules of report and runs, all of them."""
    files = [p for kind in ("report", "runs") for p in (PACKAGE / kind).rglob("[a-z]*.py")]
    names = [".".join(p.relative_to(REPOSITORY).with_suffix("").parts) for p in files]
    loaded = modules_after("; ".join(f"import {name}" for name in names), tmp_path)
    assert not loaded & {*HEAVY, "matplotlib"}


def imports_of(path: Path) -> set[str]:
    """Every module of the package that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


RULES = {  # package: what its files must not import
    "report": (*HEAVY, "cnnlab.training", "cnnlab.blocks", "cnnlab.model", "cnnlab.predict"),
    "runs": (*HEAVY, "cnnlab.training", "cnnlab.report", "cnnlab.config"),
    "config": (*HEAVY, "cnnlab.training", "cnnlab.report", "cnnlab.runs", "cnnlab.model"),
    "training": ("cnnlab.report", "cnnlab.predict"),
    "verify": ("cnnlab.report",),
    "datasets": (*HEAVY, "cnnlab.training", "cnnlab.report", "cnnlab.blocks"),
    "blocks": ("cnnlab.training", "cnnlab.config", "cnnlab.datasets", "cnnlab.report"),
    "inference": (
        "cnnlab.training",
        "cnnlab.config.schema",
        "cnnlab.config.load",
        "cnnlab.report",
        "cnnlab.runs",
        "cnnlab.model",
    ),
    "metrics": ("cnnlab.training", "cnnlab.config", "cnnlab.report", "cnnlab.runs", "cnnlab.inference"),
    "numpy_cnn": (*HEAVY, "cnnlab.training", "cnnlab.config", "cnnlab.verify", "cnnlab.model"),
}


@pytest.mark.parametrize("package", RULES)
def test_nothing_imports_against_the_direction(package: str) -> None:
    """Nothing imports the command line, and each package keeps to its side."""
    for path in (PACKAGE / package).rglob("*.py"):
        for name in imports_of(path):
            forbidden = (*RULES[package], "cnnlab.cli")
            assert not any(name == f or name.startswith(f + ".") for f in forbidden), (
                f"{path.name} imports {name}"
            )
