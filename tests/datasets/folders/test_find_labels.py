"""Which of several ways in which images may be labelled is taken."""

import pytest

from cnnlab.errors import DataError
from tests.datasets.image_layouts import cases, load, write


@pytest.mark.parametrize("case", cases("find_labels"), ids=lambda case: case.title)
def test_each_layout_is_read(tmp_path, case):
    assert case.read(tmp_path) == case.expected


@pytest.mark.parametrize(
    ("files", "tables", "text"),
    [
        ("1.png 2.png", {}, r"images holds 0 class folders, but files \(\.png\); expected two or more"),
        ("notes.txt", None, "images holds no PNG, JPEG, TIFF, BMP or WebP image, but files"),
        ("1.png 2.png", {"a.csv": "f,label\n1,x\n2,y\n", "b.csv": "f,label\n1,y\n2,x\n"},
         "holds a.csv and b.csv, and both name images: say with the key `labels` which one counts"),
        ("ant/1.png bee/2.png", {"l.csv": "f,label\n1,ant\n2,ant\n"},
         "holds class folders and l.csv, which say different things, as of bee/2.png: the key `labels`: l.csv takes"),
        ("1.png 2.png", {"sample_submission.csv": "id,label\n1,0\n2,1\n"}, "holds 0 class folders, but files"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_a_sentence(tmp_path, files, tables, text):
    write(tmp_path / "images", "x.png", tables)
    (tmp_path / "images" / "x.png").unlink()
    if tables is None:
        (tmp_path / "images" / files).write_text("")
    else:
        write(tmp_path / "images", files)
    with pytest.raises(DataError, match=text):
        load(tmp_path)


def test_a_table_that_cannot_be_read_matters_only_where_nothing_else_has_labels(tmp_path):
    write(tmp_path / "images", "ant/1.png bee/2.png")
    (tmp_path / "images" / "labels.csv").write_bytes("id,label\n1,größe\n".encode("latin-1"))
    assert load(tmp_path, test_fraction=0).info.class_names == ("ant", "bee")
    (tmp_path / "images" / "bee" / "2.png").rename(tmp_path / "images" / "ant" / "2.png")
    with pytest.raises(
        DataError, match=r"labels.csv is not UTF-8 text, but perhaps Latin-1, by its byte 13: save it"
    ):
        load(tmp_path)
