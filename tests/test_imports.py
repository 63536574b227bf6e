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


@pytest.mark.heavy
@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["train", "--help"],
        ["report", "--help"],
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


@pytest.mark.heavy
def test_report_imports_no_framework_and_no_pyplot(tmp_path: Path) -> None:
    """The modules of report and runs, all of them."""
    files = [p for kind in ("report", "runs") for p in (PACKAGE / kind).rglob("[a-z]*.py")]
    names = [".".join(p.relative_to(REPOSITORY).with_suffix("").parts) for p in files]
    loaded = modules_after("; ".join(f"import {name}" for name in names), tmp_path)
    assert not loaded & {*HEAVY, "matplotlib"}


FLOORS = (  # from top to bottom: a module imports from its own room, and from floors below
    {"cli"},
    {"api"},
    {
        "experiments",
        "verify",
        "judge",
        "predict",
    },  # many repeats | NumPy = Keras | somebody's cnn.py | a finished run
    {"executors"},  # where repeats run
    {"training", "report"},  # one repeat | run folders to documents
    {"runs"},
    {"config"},
    {
        *("augment", "backends", "blocks", "datasets", "loggers", "metrics", "numpy_cnn"),
        *("optimizers", "preprocess", "schedules"),
    },
    {
        *(
            "arguments",
            "config_errors",
            "config_paths",
            "dotted_keys",
            "errors",
            "files",
            "items",
            "parameter_docs",
        ),
        *("packages", "parameters", "positive_class", "reading", "registry", "streams", "version"),
    },
)
HEIGHT = {room: -floor for floor, rooms in enumerate(FLOORS) for room in rooms}
GROUND = min(HEIGHT.values())
FRAMEWORK_FREE = ("report", "runs", "config", "datasets", "numpy_cnn")  # at import, see also below

Modules = dict[str, set[str]]
"""By the dotted name of each module, the modules of the package that it imports, wherever in it."""


def modules(package: Path) -> Modules:
    """All modules of a package, with what they import of it."""
    paths = {
        ".".join(p.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__"): p
        for p in package.rglob("*.py")
    }
    found: Modules = {}
    for name, path in paths.items():
        imported = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, f"{name} imports relatively: say from where"
                source = str(node.module)
                submodules = {f"{source}.{alias.name}" for alias in node.names}
                imported |= {m if m in paths else source for m in submodules}
        found[name] = {m for m in imported if m.split(".")[0] == package.name} - {name}
    return found


def room(module: str) -> str:
    """The room of a module: the second part of its name."""
    return [*module.split("."), ""][1]


def upward(found: Modules) -> list[str]:
    """The imports that do not go to the module's own room or down from it."""
    return [
        f"{name} imports {other}"
        for name, imported in found.items()
        for other in imported
        if room(name) not in {"", "__main__", room(other)}
        and not HEIGHT[room(name)] > HEIGHT.get(room(other), 1)
        and not HEIGHT[room(name)] == HEIGHT.get(room(other)) == GROUND
    ]


def circles(found: Modules) -> list[list[str]]:
    """The groups of modules that import one another, however indirectly (Tarjan's strong components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    groups: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in found[name] & set(found):
            if other not in index:
                visit(other)
            if other in stack:
                low[name] = min(low[name], low[other])
        if low[name] == index[name]:
            cut = stack.index(name)
            groups.append(sorted(stack[cut:]))
            del stack[cut:]

    for name in found:
        if name not in index:
            visit(name)
    return [group for group in groups if len(group) > 1]


def test_every_room_has_a_floor() -> None:
    """The table is of all packages and modules, and of none that is not there."""
    rooms = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert rooms - {"__init__", "__main__", "shipped_configs"} == set(HEIGHT)


def test_imports_go_down() -> None:
    """From a room to itself and to floors below, wherever in a file an import stands."""
    assert upward(modules(PACKAGE)) == []


def test_no_modules_import_one_another() -> None:
    """Neither directly nor over others."""
    assert circles(modules(PACKAGE)) == []


def test_an_upward_import_and_a_circle_are_found(tmp_path: Path) -> None:
    """In a small package with one of each, and one between rooms of one floor."""
    for name, text in {
        "runs/read.py": "def f():\n    from cnnlab.report import page\n",
        "report/page.py": "import cnnlab.report.table\n",
        "report/table.py": "from cnnlab.report import page\nfrom cnnlab.training.fitting import x\n",
        "training/fitting.py": "from cnnlab.runs.read import f\n",
    }.items():
        path = tmp_path / "cnnlab" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = modules(tmp_path / "cnnlab")
    assert sorted(upward(found)) == [
        "cnnlab.report.table imports cnnlab.training.fitting",
        "cnnlab.runs.read imports cnnlab.report.page",
    ]
    assert circles(found) == [
        [f"cnnlab.{name}" for name in ("report.page", "report.table", "runs.read", "training.fitting")]
    ]


@pytest.mark.parametrize("package", FRAMEWORK_FREE)
def test_no_framework_is_imported(package: str) -> None:
    """Report, runs, config and datasets read and describe; the network from scratch is NumPy alone."""
    for path in (PACKAGE / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [str(node.module)]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            wrong = [name for name in names if name.partition(".")[0] in HEAVY]
            assert not wrong, f"{path.name} imports {wrong}"


def test_a_class_name_stands_for_one_thing() -> None:
    """No two modules define public or private classes of the same name."""
    files = sorted(PACKAGE.rglob("*.py"))
    classes = [
        (node.name, path.relative_to(PACKAGE).as_posix())
        for path in files
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    homes: dict[str, list[str]] = {}
    for name, module in classes:
        homes.setdefault(name, []).append(module)
    assert len(classes) > 200
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}
