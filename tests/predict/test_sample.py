"""Sample submissions: read, bounded, and what their columns are to hold."""

import os

import pytest

from cnnlab.errors import CnnlabError, ConfigError, DataError
from cnnlab.predict.sample import columns_like, read_sample

TWO, NUMBERS, THREE = ["normal", "tumour"], ["0", "1"], ["ant", "bee", "cat"]


def test_header_and_ids_in_their_order(tmp_path):
    path = tmp_path / "s.csv"
    for content in (
        b"id,label\n95,0\n0b,0\n",
        b"\xef\xbb\xbfid,label\r\n95,0\r\n0b,0\r\n\r\n",
        b'"id","label"\n"95", 0\n"0b",0',
    ):
        path.write_bytes(content)
        found = read_sample(path)
        assert (found.header, found.ids, found.values) == (("id", "label"), ("95", "0b"), (("0",),))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "holds no rows, expected a header"),
        (b"id\n1\n", "the first line of PATH is 'id', expected the names of two columns or more"),
        (b"a.png,0\nb.png,0\n", "the first line of PATH is 'a.png,0', expected the names"),
        (b"id,label\n", "has a header and no rows"),
        (b"id,label\n1,0\n2\n", "line 3"),
        (b"id,label\n1,0\n2,0\n1,0\n", "has the id '1' in 2 rows, expected it in one."),
        (b"id,id\n1,0\n", "has two columns id"),
        (b"id,label\n\xff\xfe,0\n", "is not UTF-8 text"),
        (b'id,label\n"1,0\n', "not CSV"),
        (b"id,label\n" + b"1" * 200_000 + b",0\n", "PATH, line 2"),
        (b"id" + b",a" * 2_000 + b"\n", "columns, expected at most 1,000"),
    ],
)
def test_what_is_no_sample_is_refused_in_a_sentence(tmp_path, content, said):
    (tmp_path / "s.csv").write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_sample(tmp_path / "s.csv")
    assert said in str(caught.value).replace(str(tmp_path / "s.csv"), "PATH")


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing.csv"):
        with pytest.raises(DataError, match="cannot be read"):
            read_sample(path)


@pytest.mark.parametrize(
    ("classes", "header", "values", "contents"),
    [
        (TWO, "id,class", "01", ["class"]),
        (TWO, "id,class", "0", ["class"]),
        (TWO, "id,label", "01", ["class"]),
        (NUMBERS, "id,label", "01", ["class"]),
        (NUMBERS, "id,label", "0", ["probability"]),  # as Kaggle's page has it: 0 in every row
        (TWO, "id,label", ["0.5"], ["probability"]),
        (TWO, "id,label", ["0.0", "1"], ["probability"]),
        (TWO, "id,label", ["normal"], ["label"]),
        (["1", "2"], "Id,Label", "12", ["label"]),
        (THREE, "ImageId,Label", "0", ["class"]),
        (THREE, "ImageId,Label", ["bee", "ant"], ["label"]),
        (THREE, "id,cat,ant,bee", "0", ["p_cat", "p_ant", "p_bee"]),
        (THREE, "id,p_cat,label", ["0"], ["p_cat", "class"]),
    ],
)
def test_what_the_columns_are_to_hold(tmp_path, classes, header, values, contents):
    path = tmp_path / "s.csv"
    rows = [",".join([str(k), *[value] * len(contents)]) for k, value in enumerate(values)]
    path.write_text("\n".join([header, *rows]))
    columns, notes = columns_like(read_sample(path), None, classes)
    assert [column.header for column in columns] == header.split(",")
    assert [column.content for column in columns] == ["id", *contents] and len(notes) == len(contents)
    assert all(
        note.startswith(f"'{name}' holds ") for name, note in zip(header.split(",")[1:], notes, strict=True)
    )


def test_the_format_says_what_stands_under_the_samples_header(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("image,label\na,0\n")
    for form in ("id,class", "image=id,label=class"):
        columns, notes = columns_like(read_sample(path), form, TWO)
        assert [(column.header, column.content) for column in columns] == [
            ("image", "id"),
            ("label", "class"),
        ]
        assert notes == []
    for form, said in (
        ("id", "--format has 1 column, and PATH has 2 (image,label)."),
        ("name=id,class", "the header 'name' is not that of PATH (image,label): leave one out."),
        ("file,class", "the first column of PATH holds the ids"),
        ("id,lable", "unknown column 'lable'"),
    ):
        with pytest.raises(ConfigError) as caught:
            columns_like(read_sample(path), form, TWO)
        assert said in str(caught.value).replace(str(path), "PATH")


@pytest.mark.parametrize(
    ("classes", "value"), [(TWO, "x"), (TWO, ""), (TWO, "2"), (THREE, "0.5"), (TWO, "nan")]
)
def test_values_that_say_nothing_ask_for_a_format(tmp_path, classes, value):
    (tmp_path / "s.csv").write_text(f"id,target\na,{value}\n")
    with pytest.raises(CnnlabError, match=f"the values of 'target' in .*'{value}'.* say with --format what"):
        columns_like(read_sample(tmp_path / "s.csv"), None, classes)
