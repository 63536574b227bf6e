"""The CSV files: their very text, and that none is half written. No framework."""

import numpy as np
import pytest

from cnnlab.errors import CnnlabError
from cnnlab.predict.columns import Rows, columns_of, usual_columns
from cnnlab.predict.predictions import output_paths
from cnnlab.predict.submission import require_free, submissions

P = np.array([[0.75, 0.25], [0.1, 0.9], [0.5, 0.5]], np.float32)
LABS = usual_columns(["normal", "tumour"], with_probabilities=False, with_files=False)


def rows(first: int, last: int) -> Rows:
    return Rows(range(first, last), range(first, last), None, P[first:last])


def test_the_form_that_the_labs_page_wants(tmp_path):
    with submissions([tmp_path / "s.csv"], LABS, ["normal", "tumour"]) as (file,):
        file.write(rows(0, 2))
        file.write(rows(2, 3))
    assert (tmp_path / "s.csv").read_bytes() == b"id,class\n0,0\n1,1\n2,0\n"
    assert file.counts.tolist() == [2, 1]


def test_the_form_that_kaggles_page_wants(tmp_path):
    columns = columns_of("id,label=probability", ["0", "1"])
    with submissions([tmp_path / "s.csv"], columns, ["0", "1"]) as (file,):
        file.write(Rows([7, 8], ["0b2e", "95cf"], ["0b2e.tif", "95cf.tif"], P[:2]))
    assert (tmp_path / "s.csv").read_bytes() == b"id,label\n0b2e,0.25\n95cf,0.899999976\n"


def test_probabilities_and_file_names_in_columns_of_their_own(tmp_path):
    names = ["a,b", 'the "c"']
    columns = usual_columns(names, with_probabilities=True, with_files=True)
    with submissions([tmp_path / "s.csv"], columns, names) as (file,):
        file.write(Rows([7, 8], [7, 8], ["1.png", "two, or so.png"], P[:2]))
    lines = (tmp_path / "s.csv").read_text().splitlines()
    assert lines[0] == 'id,class,"p_a,b","p_the ""c""",file'
    assert lines[1:] == ["7,0,0.75,0.25,1.png", '8,1,0.100000001,0.899999976,"two, or so.png"']


def test_the_digits_give_each_float32_back(tmp_path):
    p = np.random.default_rng(0).random((500, 2)).astype(np.float32)
    columns = usual_columns("ab", with_probabilities=True, with_files=False)
    with submissions([tmp_path / "s.csv"], columns, "ab") as (file,):
        file.write(Rows(range(500), range(500), None, p))
    read = np.loadtxt(tmp_path / "s.csv", delimiter=",", skiprows=1)
    assert (read[:, 2:].astype(np.float32) == p).all() and (read[:, 0] == np.arange(500)).all()


def test_an_error_leaves_no_file_and_the_old_ones_whole(tmp_path):
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    paths[0].write_text("old")
    with pytest.raises(ZeroDivisionError), submissions(paths, LABS, "ab") as files:
        files[0].write(rows(0, 1))
        1 / 0  # noqa: B018
    assert paths[0].read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_what_is_in_the_way_is_found_before_anything_is_computed(tmp_path):
    (tmp_path / "old.csv").write_text("")
    for path, said in (
        (tmp_path / "old.csv", "old.csv is there already: choose another name, or replace it with --force."),
        (tmp_path, "is a folder, expected the name of a file."),
        (tmp_path / "no/s.csv", "the folder"),
    ):
        with pytest.raises(CnnlabError, match="--output: ") as caught:
            require_free([tmp_path / "new.csv", path], force=False)
        assert said in str(caught.value)
    require_free([tmp_path / "old.csv", tmp_path / "new.csv"], force=True)


def test_one_file_for_each_repeat(tmp_path):
    assert output_paths(tmp_path / "s.csv", None) == [tmp_path / "s.csv"]
    names = [path.name for path in output_paths(tmp_path / "s.v1.csv", [0, 12])]
    assert names == ["s.v1-repeat0.csv", "s.v1-repeat12.csv"]
