"""Tables as spreadsheets, databases and people write them; and what is none."""

import os

import pytest

from cnnlab.datasets.folders import label_table
from cnnlab.datasets.folders.label_table import read_table
from cnnlab.errors import DataError


def read(path, content, name="t.csv"):
    (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path / name, name, lambda text: text in ("1", "2", "1.png"))


@pytest.mark.parametrize(
    "content",
    [
        "id,label\n1,a\n2,b c\n",
        "id;label\r\n1;a\r\n2;b c\r\n",
        "id\tlabel\n1\ta\n2\tb c",
        "id|label\n1|a\n2|b c\n",
        "\ufeffid,label\n\n1,a\n , \n2,b c\n\n",
        '"id" , "label"\n"1", "a"\n2,"b c"\n'.replace(" ,", ","),
        "id,label,\n1,a,\n2,b c,\n".replace(",\n", "\n"),
        "id,label\n1,a,,\n2,b c\n",
    ],
)
def test_every_form_is_the_same_table(tmp_path, content):
    table = read(tmp_path, content)
    assert table.columns == ("id", "label") and table.rows == [["1", "a"], ["2", "b c"]] and table.has_header


def test_texts_may_hold_the_delimiter_in_quotes(tmp_path):
    assert read(tmp_path, 'id,label\n1,"a, or ""b"""\n').rows == [["1", 'a, or "b"']]


@pytest.mark.parametrize("first", ["1,a", "1.png,a", "gone.tif,a"])
def test_a_first_row_that_names_an_image_is_no_header(tmp_path, first):
    table = read(tmp_path, f"{first}\n2,b\n")
    assert table.columns == ("1", "2") and len(table.rows) == 2 and not table.has_header


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "holds no rows"),
        (b"\n , \n", "holds no rows"),
        ("id,größe\n1,a\n".encode("latin-1"), r"not UTF-8 text, but perhaps Latin-1, by its byte 5: save it as UTF-8"),
        ("id,label\n1,a\n".encode("utf-16"), "perhaps UTF-16: save it as UTF-8"),
        (b"id,label\n1,\0\n", "holds null bytes, expected text"),
        (b"id,label\n1,a,b\n", "line 2: 3 cells, expected 2 as in the first line"),
        (b"id,label\n1\n", "line 2: 1 cell, expected 2"),
        (b'id,label\n1,"a\n2,b\n', "line 3: not CSV .*: correct the quotes there"),
        (b"id,label\n1," + b"x" * 1001, r"line 2: a text of 1,001 characters \(x+\.\.\.\), expected at most 1,000"),
        (b"id,label\n1," + b"x" * 200_000, "line 2: .*expected at most 1,000|line 2: not CSV"),
        (b"id,a,a\n1,2,3\n", "has two columns a, expected different names"),
        (b",".join(b"%d" % i for i in range(3, 1100)), "has 1,097 columns, expected at most 1,000"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_a_sentence(tmp_path, content, text):
    with pytest.raises(DataError, match=text):
        read(tmp_path, content)


def test_giants_and_pipes_are_refused_unread(tmp_path, monkeypatch):
    with (tmp_path / "giant.csv").open("wb") as file:
        file.truncate(10**12)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match=r"giant.csv cannot be read \(it has more than 200,000,000 bytes\)"):
        read_table(tmp_path / "giant.csv", "giant.csv", bool)
    with pytest.raises(DataError, match=r"pipe.csv cannot be read \(it is not an ordinary file\)"):
        read_table(tmp_path / "pipe.csv", "pipe.csv", bool)
    monkeypatch.setattr(label_table, "MOST_ROWS", 3)
    with pytest.raises(DataError, match="has more than 3 rows"):
        read(tmp_path, "id,label\n" + "1,a\n" * 3)
