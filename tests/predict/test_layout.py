"""What is asked for together: --format, --like, --probabilities."""

import pytest

from cnnlab.errors import ConfigError
from cnnlab.predict.layout import layout_of, table_of

TWO = ["normal", "tumour"]


def test_the_usual_table_counts_from_0_whatever_the_files_are_called():
    layout = layout_of(None, None, True, TWO)
    for files, last in ((["a.png", "b.png"], "file"), (None, "p_tumour")):
        table = table_of(layout, [4, 6], files)
        assert [*table.ids] == [4, 6] and table.positions.tolist() == [0, 1] and table.notes == ()
        assert [column.header for column in table.columns][:3] == ["id", "class", "p_normal"]
        assert table.columns[-1].header == last


def test_a_format_names_images_by_their_files():
    table = table_of(layout_of("id,class", None, False, TWO), [4, 6], ["x/a.png", "x/b.png"])
    assert table.ids == ["a", "b"]


def test_a_sample_gives_rows_and_header(tmp_path):
    (tmp_path / "s.csv").write_text("name,target\nb.png,0.5\n")
    table = table_of(layout_of(None, tmp_path / "s.csv", False, TWO), [4, 6], ["x/a.png", "x/b.png"])
    assert (table.ids, table.positions.tolist()) == (("b.png",), [1])
    assert [column.header for column in table.columns] == ["name", "target"]
    assert len(table.notes) == 3  # whose ids they are, what is left out, what the column holds


def test_probabilities_are_columns_of_a_format(tmp_path):
    for form, like in (("id,class", None), (None, tmp_path / "s.csv")):
        with pytest.raises(ConfigError, match="name columns such as p_tumour"):
            layout_of(form, like, True, TWO)


def test_a_column_called_label_is_explained_for_two_classes_alone():
    assert "write label=probability" in layout_of("id,label", None, False, TWO).notes[0]
    assert layout_of("id,label", None, False, [*TWO, "other"]).notes == ()
    assert layout_of("id,label=label,class", None, False, TWO).notes != ()
    assert layout_of("id,label=class", None, False, TWO).notes == ()
