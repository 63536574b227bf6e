"""How the terminal shows a table that is wider than the screen."""

import io

import pytest
from rich.console import Console

from cnnlab.report.document import Cell, Column, Section, Where, make_table
from cnnlab.report.render.terminal import print_section, print_table

NARROW = (Column("split", "left", key=True, group=True), Column("metric", "left", key=True), Column("mean"))
ROWS = [["train", "loss", "0.1"], ["train", "accuracy", "0.9"], ["test", "loss", "0.2"]]


def shown(table, width):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    print_table(table, console)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]
    assert max(map(len, lines)) <= width
    return lines


def test_a_value_of_a_group_stands_once():
    assert shown(make_table("t", "T", NARROW, ROWS), 40) == [
        "split  metric    mean",
        "train  loss       0.1",
        "       accuracy   0.9",
        "test   loss       0.2",
    ]


def test_columns_that_do_not_fit_go_on_below_beside_the_keys():
    columns = (Column("name", "left", key=True), *(Column(f"column {n}") for n in range(3)))
    assert shown(make_table("t", "T", columns, [["a", "1", "2", "3"]]), 24) == [
        "name  column 0  column 1",
        "a            1         2",
        "",
        "name  column 2",
        "a            3",
    ]


def test_groups_become_headings_where_that_saves_a_fold():
    lines = shown(make_table("t", "T", NARROW, ROWS), 18)
    assert lines == [
        "metric      mean",
        "train",
        "  loss       0.1",
        "  accuracy   0.9",
        "test",
        "  loss       0.2",
    ]


def test_long_texts_are_wrapped_and_numbers_are_not():
    columns = (Column("name", "left", key=True), Column("value"))
    lines = shown(make_table("t", "T", columns, [["x" * 50, "123456789"]]), 36)
    assert lines[1].endswith("123456789") and "".join(line.split()[0] for line in lines[1:]) == "x" * 50


def test_a_screen_may_have_fewer_rows_and_columns():
    columns = (Column("name", "left"), Column("exact", where=Where.FILES))
    table = make_table("t", "T", columns, [["a", "1"], ["b", "2"]], screen_rows=(1,))
    assert shown(table, 60) == ["name", "b", "1 of 2 rows; --output has all"]


@pytest.mark.parametrize(("second", "times"), [("n", 1), ("m", 2)])
def test_a_note_of_several_tables_stands_once(second, times):
    tables = [
        make_table(name, name, [Column("a")], [["1"]], note=note)
        for name, note in (("t", "n"), ("u", second))
    ]
    console = Console(file=io.StringIO(), width=40)
    print_section(Section("title", tables=tuple(tables)), console)
    assert console.file.getvalue().count("\nn\n") + console.file.getvalue().count("\nm\n") == times


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="table t: expected 1 cells in a row, received 2"):
        make_table("t", "T", [Column("a")], [["1", Cell("2")]])
