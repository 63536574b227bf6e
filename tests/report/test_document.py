import pytest

from cnnlab.report.document import Cell, Column, Section, Where, make_table, status_tone


def test_texts_become_cells_and_columns_have_names_for_programs():
    table = make_table(
        "a", "A", [Column("accuracy %"), Column("95 % interval", name="ci95")], [["1", Cell("x", 2)]]
    )
    assert [cell.value for cell in table.rows[0]] == ["1", 2]
    assert [column.data_name for column in table.columns] == ["accuracy", "ci95"]


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="table a: expected 1 cells in a row, received 2"):
        make_table("a", "A", [Column("x")], [["1", "2"]])


def test_each_reader_sees_the_columns_and_tables_that_are_meant_for_it():
    table = make_table(
        "a", "A", [Column("x", where=Where.SCREEN), Column("y")], [["1", "2"]], where=Where.PEOPLE
    )
    assert table.shown(Where.SCREEN) == [0, 1] and table.shown(Where.PAGE) == [1]
    section = Section("one run", number=2, tables=(table,))
    assert section.tables_for(Where.PAGE) == [table] and section.tables_for(Where.CSV) == []
    assert section.prefix == "2-one-run-" and Section("x").prefix == ""


@pytest.mark.parametrize(
    ("value", "number"), [(1, 1.0), ((2, 3), 2.0), ("a", None), (True, None), ((), None)]
)
def test_what_a_cell_sorts_by(value, number):
    assert Cell("", value).number == number


def test_an_unknown_status_is_a_warning():
    assert (status_tone("done"), status_tone("?")) == ("good", "warning")
