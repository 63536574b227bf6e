"""The layers are NumPy and nothing else; what is fast stands on them, and not the other way round."""

import ast
import sys

import pytest

from cnnlab.numpy_cnn import layers
from cnnlab.numpy_cnn.fast import infer
from tests.test_imports import PACKAGE, modules

LAYERS = "cnnlab.numpy_cnn.layers"


def third_party(folder: str) -> set[str]:
    """The top-level packages that the modules of a folder import, without Python's own."""
    found = set()
    for path in (PACKAGE / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(str(node.module).partition(".")[0])
    return found - sys.stdlib_module_names


def test_the_layers_import_numpy_alone():
    assert third_party("numpy_cnn/layers") == {"cnnlab", "numpy"}


def test_the_rest_needs_only_a_way_to_give_blas_one_thread_besides():
    assert third_party("numpy_cnn") == {"cnnlab", "numpy", "threadpoolctl"}


def test_the_layers_know_nothing_of_the_fast_way():
    for name, imported in modules(PACKAGE).items():
        if name.startswith(LAYERS):
            assert all(other.startswith(LAYERS) for other in imported), name


@pytest.mark.parametrize("name", sorted(set(layers.__all__) - {"Layer", "Penalty"}))
def test_every_layer_has_a_fast_way(name):
    assert infer.dispatch(getattr(layers, name)) is not infer.dispatch(layers.Layer)


def test_a_layer_without_a_fast_way_is_named():
    with pytest.raises(NotImplementedError, match="no fast way for object"):
        infer(object())
