"""What the package's own source must not hold, found in its syntax trees: ways to run or to follow foreign data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PACKAGE = REPOSITORY / "cnnlab"
JUDGING = PACKAGE / "judge"  # runs somebody's cnn.py, in a process of its own
EXTENSIONS = PACKAGE / "config" / "extensions.py"  # runs a person's own files: extensions
MODULES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "imp", "runpy", "code"}
CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load_all", "yaml.unsafe_load"),
    *("yaml.full_load", "import_module", "importlib.import_module", "extractall", "unpack_archive"),
    *("symlink_to", "hardlink_to", "os.symlink", "os.link"),
    *("enable_unsafe_deserialization", "np.fromfile", "jsonpickle", "chmod"),
}
ALLOWED = {  # of its own modules, by a table
    PACKAGE / "__init__.py": ["calls import_module"],
    PACKAGE / "cli/commands.py": ["calls import_module"],
}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def name_of(node: ast.expr) -> str:
    """The dotted name of what is called: "np.load"; the last part alone where the rest is no name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield name_of(node.func), node


def keyword(call: ast.Call, name: str) -> object:
    """The constant that a call gives for a keyword; None where it does not."""
    values = [entry.value for entry in call.keywords if entry.arg == name]
    return values[0].value if values and isinstance(values[0], ast.Constant) else None


def findings(path: Path) -> list[str]:
    """Everything in a file that is not allowed."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [f"imports {name}" for name in names if name.partition(".")[0] in MODULES]
    for name, call in calls(path):
        last = name.rpartition(".")[2]
        if name in CALLS or (
            last in CALLS and name != "re.compile" and last not in {"compile", "eval", "exec"}
        ):
            found.append(f"calls {name}")
        if name in {"np.load", "numpy.load"} and keyword(call, "allow_pickle") is not False:
            found.append("calls np.load without allow_pickle=False")
        if last == "load_model" and name.startswith("keras") and keyword(call, "safe_mode") is not True:
            found.append("calls load_model without safe_mode=True")
        if keyword(call, "shell") is True:
            found.append(f"calls {name} with a shell")
        if name == "yaml.load" and not (len(call.args) > 1 and name_of(call.args[1]) == "loader"):
            found.append("calls yaml.load")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_file_runs_or_unpickles_foreign_data(path: Path) -> None:
    if path == EXTENSIONS or path.is_relative_to(JUDGING):
        return  # the two ways in which foreign code is meant to run
    assert findings(path) == ALLOWED.get(path, [])


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("eval('1')", "calls eval"),
        ("import os\nos.system('x')", "calls os.system"),
        ("import pickle", "imports pickle"),
        ("from cloudpickle import loads", "imports cloudpickle"),
        ("np.load(p)", "calls np.load without allow_pickle=False"),
        ("np.load(p, allow_pickle=True)", "calls np.load without allow_pickle=False"),
        ("keras.saving.load_model(p)", "calls load_model without safe_mode=True"),
        ("keras.models.load_model(p, safe_mode=False)", "calls load_model without safe_mode=True"),
        ("subprocess.run('x', shell=True)", "calls subprocess.run with a shell"),
        ("yaml.load(t, yaml.Loader)", "calls yaml.load"),
        ("zipfile.ZipFile(p).extractall(d)", "calls extractall"),
        ("importlib.import_module(name)", "calls importlib.import_module"),
    ],
)
def test_the_search_finds_each_of_them(source: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(source)
    assert findings(tmp_path / "a.py") == [said]


def test_the_search_lets_harmless_code_pass(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "import re\nre.compile('a')\nmodel.compile()\nnp.load(p, allow_pickle=False)\n"
    )
    assert findings(tmp_path / "a.py") == []
