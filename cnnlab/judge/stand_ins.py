"""Modules that a judged file may import although they are not there.

A hand-out's `data_generator` or `util` may be missing, or may import TensorFlow for one helper. Judging needs
neither: where the module lies beside the file it is used, with TensorFlow and its like replaced; where it is
missing, or cannot be imported even so, an empty one takes its place. They are files, so that processes which
the judged file starts find them too.
"""

from pathlib import Path

HELPERS = ("data_generator", "util")
FRAMEWORKS = ("tensorflow", "keras", "torch", "jax")

ANYTHING = '''\
"""A stand-in: every name exists, and nothing of it computes."""


class _Names(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything

    def __iter__(cls):
        return iter(())


class Anything(metaclass=_Names):
    """Can be called, subclassed, used as a decorator; holds nothing."""

    def __new__(cls, *args, **named):
        if cls is Anything and len(args) == 1 and callable(args[0]) and not named:
            return args[0]
        return super().__new__(cls)

    def __init__(self, *args, **named):
        pass

    def __call__(self, *args, **named):
        return args[0] if len(args) == 1 and callable(args[0]) else self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything()

    def __iter__(self):
        return iter(())
'''

HELPER = '''\
"""Stands for a module of the hand-out that is not there."""
from cnnlab_stand_in import Anything


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Anything
'''

FRAMEWORK = '''\
"""Stands for a framework that judging does not need."""
import importlib.abc
import importlib.machinery
import sys

from cnnlab_stand_in import Anything


class _Inside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        inside = name.startswith(__name__ + ".")
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if inside else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__getattr__ = __getattr__


def __getattr__(name):
    if name.startswith("__") and name != "__version__":
        raise AttributeError(name)
    return "0" if name == "__version__" else Anything


sys.meta_path.insert(0, _Inside())
'''


def write_stand_ins(first: Path, last: Path) -> None:
    """Fill two folders: `first` goes before all else on the path of modules, `last` after all else."""
    for folder in (first, last):
        folder.mkdir()
    (first / "cnnlab_stand_in.py").write_text(ANYTHING, encoding="utf-8")
    for name in FRAMEWORKS:
        (first / f"{name}.py").write_text("__path__ = []\n" + FRAMEWORK, encoding="utf-8")
    for name in HELPERS:
        (last / f"{name}.py").write_text(HELPER, encoding="utf-8")
