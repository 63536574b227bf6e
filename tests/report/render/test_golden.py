"""Each format, letter by letter; after a change that is meant: python -m tests.report.render.golden."""

import pytest

from tests.report.render.golden import FOLDER, golden_files

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("report golden")]

NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The files as they are made now."""
    return golden_files(tmp_path_factory.mktemp("golden"))


def test_no_file_is_missing_and_none_is_new(files):
    assert sorted(files) == NAMES
    assert len(NAMES) == 17


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_as_it_was(files, name):
    assert files[name] == (FOLDER / name).read_text()
