"""The corpus of submissions is what it says: the references are right, and every mistake can be seen."""

import ast
import re
import subprocess
import sys
import types

import numpy as np
import pytest

from tests.judge.submissions import cases, plain
from tests.judge.submissions.contract import CHECKS, GRADES, NETWORK
from tests.judge.submissions.editing import FOLDER, STYLES, EditError, reference_source, replace_once
from tests.judge.submissions.hostile import HOSTILE
from tests.judge.submissions.mistakes import MISTAKES
from tests.judge.submissions.mutants import MUTANTS, pairs
from tests.judge.submissions.variants import VARIANTS

pytestmark = pytest.mark.heavy

EXPECTED = cases.outcomes(plain)
PROCESS_VARIANTS = ("process_pool", "spawned_processes")
SEVERITY = {grade: index for index, grade in enumerate(GRADES)}


def names(listed):
    """Identifiers for parametrised tests."""
    return [entry.name for entry in listed]


@pytest.fixture(scope="module")
def seen():
    """What each mutant does to each case, run once."""
    return {mutant.name: cases.outcomes(cases.load(mutant.source)) for mutant in MUTANTS}


def test_third_implementation_finishes_every_case():
    assert not [case for case, result in zip(cases.CASES, EXPECTED, strict=True) if isinstance(result, str)]


def test_third_implementation_knows_the_labs_weight_count():
    network = plain.CNN(None)
    shapes = [(3, 3, 1, 4), (), (3, 3, 4, 8), (), (), (10, 392)]
    W = [np.zeros(shape) if shape else [] for shape in shapes]
    b = [np.zeros(4), [], np.zeros(8), [], [], np.zeros((10, 1))]
    network.setup_model(W, b, cases.LAYERS)
    assert network.N == 4266


@pytest.mark.parametrize("style", STYLES)
def test_references_agree_on_everything(style):
    found = cases.differing(EXPECTED, cases.outcomes(cases.load(reference_source(style))))
    assert not any(found.values())


def test_there_are_enough_mistakes():
    assert len(MISTAKES) >= 40
    assert len(set(names(MISTAKES))) == len(MISTAKES)
    assert len(set(names(HOSTILE))) == len(HOSTILE)
    assert len(MUTANTS) == 2 * len(MISTAKES)
    assert len({mutant.source for mutant in MUTANTS}) == len(MUTANTS)


def test_a_text_that_is_not_there_is_refused():
    with pytest.raises(EditError, match="found it 0 times"):
        replace_once("a = 1", "b", "c")
    with pytest.raises(EditError, match="found it 2 times"):
        replace_once("a = a", "a", "c")


def test_mutants_fail_exactly_their_checks(seen):
    wrong = {}
    for mutant in MUTANTS:
        found = cases.differing(EXPECTED, seen[mutant.name])
        more_severe = [grade for grade in GRADES if SEVERITY[grade] < SEVERITY[mutant.grade]]
        less_severe = [grade for grade in GRADES if SEVERITY[grade] > SEVERITY[mutant.grade]]
        allowed = {mutant.function, *mutant.possible_checks}
        exact = found[mutant.grade] == set(mutant.expected_checks)
        if mutant.grade != "required":
            exact = mutant.function in found[mutant.grade] and found[mutant.grade] <= allowed
        if (
            not exact
            or any(found[grade] for grade in more_severe)
            or any(not found[grade] <= allowed for grade in less_severe)
        ):
            wrong[mutant.name] = found
    assert not wrong


def test_mistakes_of_different_names_can_be_told_apart(seen):
    alike = [
        (one.name, other.name)
        for index, one in enumerate(MUTANTS)
        for other in MUTANTS[:index]
        if (one.function, one.style) == (other.function, other.style)
        and one.identifier != other.identifier
        and not any(
            case.check in one.expected_checks and not cases.same(case, *results)
            for case, *results in zip(cases.CASES, seen[one.name], seen[other.name], strict=True)
        )
    ]
    assert not alike


def test_mutants_point_at_their_function():
    for mutant in MUTANTS:
        line = mutant.source.splitlines()[mutant.line - 1]
        assert line.strip().startswith(f"def {mutant.function}("), mutant.name


def test_pairs_are_drawn_anew_for_each_seed_and_alike_for_one():
    assert [pair.source for pair in pairs(3)] == [pair.source for pair in pairs(3)]
    assert {pair.source for pair in pairs(3)} != {pair.source for pair in pairs(4)}
    assert len({pair.source for pair in pairs(3)}) == 60


@pytest.mark.parametrize("seed", [0, 1])
def test_both_mistakes_of_a_pair_can_be_seen(seed, seen):
    hidden = []
    for pair in pairs(seed):
        outcomes = cases.outcomes(cases.load(pair.source))
        for mistake, other in ((pair.first, pair.second), (pair.second, pair.first)):
            found = cases.differing(outcomes, seen[f"{other.name}-{pair.style}"])
            if mistake.function not in found[mistake.grade]:
                hidden.append((pair.style, mistake.name, other.name))
        assert len(pair.expected) == 2
    assert not hidden


@pytest.fixture
def stand_ins(monkeypatch):
    """The modules that submissions import and that are not there."""
    data_generator = types.ModuleType("data_generator")
    data_generator.DataGenerator = data_generator.normalise = None
    monkeypatch.setitem(sys.modules, "data_generator", data_generator)
    util = types.ModuleType("util")
    exec("def percent(right):\n    return 100.0 * sum(right) / len(right)\n", util.__dict__)
    monkeypatch.setitem(sys.modules, "util", util)


IN_THIS_PROCESS = [variant for variant in VARIANTS if variant.name not in PROCESS_VARIANTS]


@pytest.mark.parametrize("variant", IN_THIS_PROCESS, ids=names(IN_THIS_PROCESS))
def test_variants_are_right(variant, stand_ins):
    found = cases.differing(EXPECTED, cases.outcomes(cases.load(variant.source)))
    blamed = {check for check, _, _ in variant.findings}
    assert not found["required"] & set(NETWORK) and "setup_model" not in found["required"]
    assert not [grade for _, _, grade in variant.findings if grade == "required"]
    assert found["required"] <= {check for check, identifier, _ in variant.findings if "needs" in identifier}
    assert found["beyond"] <= blamed
    assert found["robust"] <= blamed | set(NETWORK)
    assert blamed <= found["robust"] | found["beyond"] | {"feedforward_sample"}


@pytest.mark.parametrize("name", PROCESS_VARIANTS)
def test_variants_with_processes_are_right(name, tmp_path):
    (variant,) = [variant for variant in VARIANTS if variant.name == name]
    variant.write(tmp_path)
    program = (
        "import sys; sys.path.insert(1, sys.argv[1])\n"
        "import cnn, numpy\n"
        "from tests.judge.submissions import cases, plain\n"
        "numpy.testing.assert_allclose(cases.set_through(cnn), cases.set_through(plain))\n"
    )
    root = FOLDER.parents[2]
    finished = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=root, capture_output=True, text=True, timeout=60
    )
    assert finished.returncode == 0, finished.stderr


def test_variants_are_told_apart_from_the_references():
    assert len(VARIANTS) >= 12
    assert (
        len({variant.source for variant in VARIANTS}) >= len(VARIANTS) - 1
    )  # one differs in its companion alone


@pytest.mark.parametrize("hostile", HOSTILE, ids=names(HOSTILE))
def test_hostile_files_are_read_or_not_as_they_should_be(hostile, tmp_path):
    path = hostile.write(tmp_path / "submission")
    assert path.is_dir() == (hostile.content is None)
    known = {*CHECKS, "file"}
    assert {check for check, _ in hostile.findings} | set(hostile.passing) <= known
    assert not {check for check, _ in hostile.findings} & set(hostile.passing)
    assert (hostile.exit_code == 0) == (not hostile.findings)
    if hostile.content is None:
        return
    if ("file", "syntax_error") not in hostile.findings:
        ast.parse(path.read_bytes())
        return
    with pytest.raises((SyntaxError, ValueError)) as error:
        compile(path.read_bytes(), str(path), "exec")
    assert hostile.line in (None, getattr(error.value, "lineno", None))


HARMLESS = [hostile for hostile in HOSTILE if hostile.harmless]


@pytest.mark.parametrize("hostile", HARMLESS, ids=names(HARMLESS))
@pytest.mark.filterwarnings("ignore")
def test_harmless_files_do_what_is_said(hostile):
    found = cases.differing(EXPECTED, cases.outcomes(cases.load(hostile.content)))
    assert {check for check, _ in hostile.findings} <= found["required"]
    assert not set(hostile.passing) & found["required"]


@pytest.mark.parametrize(
    ("name", "shapes", "call"),
    [
        ("writes_into_bias", [(5,), (3, 5), (3, 1)], lambda m, *a: m.dense_layer(*a, "relu")),
        ("writes_into_kernels", [(5, 5, 2), (3, 3, 2, 2), (2,)], lambda m, *a: m.conv2d_layer(*a, "relu")),
        ("writes_into_images", [(8, 8, 1)], lambda m, x: cases.make_network(m).feedforward_sample(x)),
    ],
)
def test_a_second_call_differs_where_inputs_are_written(name, shapes, call):
    (hostile,) = [hostile for hostile in HOSTILE if hostile.name == name]
    module = cases.load(hostile.content)
    arrays = [cases.normal(index, *shape) for index, shape in enumerate(shapes)]
    first = call(module, *[array.copy() for array in arrays])
    assert np.allclose(first, call(plain, *arrays))
    call(module, *arrays)
    assert not np.allclose(first, call(module, *arrays))


TABLE = (FOLDER / "IDENTIFIERS.md").read_text(encoding="utf-8")
KNOWN = set(re.findall(r"^\| `(\w+)` \| (\w+) \| (required|robust|beyond) \|", TABLE, re.MULTILINE))
GENERAL = set(re.findall(r"^\| `(\w+)` \| (?!\w+ \| (?:required|robust|beyond) )", TABLE, re.MULTILINE))


def test_every_mistake_is_in_the_table():
    listed = {(mutant.identifier, mutant.function, mutant.grade) for mutant in MUTANTS}
    listed |= {
        (identifier, check, grade) for variant in VARIANTS for check, identifier, grade in variant.findings
    }
    assert listed <= KNOWN
    in_table = {(identifier, check) for identifier, check, _ in KNOWN}
    for hostile in HOSTILE:
        for check, identifier in hostile.findings:
            assert (identifier, check) in in_table or identifier in GENERAL, hostile.name


def test_every_line_of_the_table_is_met():
    met = {(mutant.identifier, mutant.function) for mutant in MUTANTS}
    met |= {(identifier, check) for variant in VARIANTS for check, identifier, _ in variant.findings}
    met |= {(identifier, check) for hostile in HOSTILE for check, identifier in hostile.findings}
    assert {(identifier, check) for identifier, check, _ in KNOWN} <= met
    assert {identifier for identifier, _ in met} >= GENERAL
