"""``--format``: which columns there are, what stands in them, and what is refused."""

import numpy as np
import pytest

from cnnlab.errors import ConfigError
from cnnlab.predict.columns import CsvColumn, Rows, cells, columns_of, image_ids, require_columns

TWO, THREE = ["normal", "tumour"], ["ant", "bee", "a,b=c"]
FILES = ["test/0b2e.tif", "test/95.v2.cf.png"]


def test_each_content_of_a_column():
    rows = Rows([7, 8], image_ids([7, 8], FILES), FILES, np.array([[0.75, 0.25], [0.25, 0.75]], np.float32))
    expected = {
        "id": ["0b2e", "95.v2.cf"],
        "index": [7, 8],
        "file": FILES,
        "class": [0, 1],
        "label": ["normal", "tumour"],
        "probability": ["0.25", "0.75"],
        "p_normal": ["0.75", "0.25"],
        "p_tumour": ["0.25", "0.75"],
    }
    columns = columns_of(",".join(expected), TWO)
    assert {column.header: list(cells(column, rows, TWO)) for column in columns} == expected
    assert image_ids([7, 8], None) == [7, 8]


def test_headers_of_ones_own_and_names_with_commas_and_equals_signs():
    assert columns_of(" id , label = probability", TWO) == (
        CsvColumn("id", "id"),
        CsvColumn("label", "probability"),
    )
    assert columns_of('image name=file,p_ant,"p_a,b=c","x=p_a,b=c"', THREE) == (
        CsvColumn("image name", "file"),
        CsvColumn("p_ant", "p_ant"),
        CsvColumn("p_a,b=c", "p_a,b=c"),
        CsvColumn("x", "p_a,b=c"),
    )


@pytest.mark.parametrize(
    ("form", "classes", "said"),
    [
        (
            "id,lable",
            TWO,
            "unknown column 'lable' (did you mean 'label'?): a column is one of id, index, file, class",
        ),
        ("id,label=prob", TWO, "unknown column 'prob'"),
        ("id,p_tumor", TWO, "unknown column 'p_tumor' (did you mean 'p_tumour'?)"),
        ("id,class,id", TWO, "the header 'id' stands there 2 times."),
        ("id,id=class", TWO, "the header 'id' stands there 2 times."),
        ("id,probability", THREE, "of two classes, and these are 3 classes: take p_ant, p_bee, p_a,b=c."),
        ("", TWO, "expected NAME or HEADER=NAME for each column, got ''."),
        ("id,", TWO, "got ''."),
        ("=id", TWO, "got '=id'."),
        ("id=", TWO, "got 'id='."),
        ('"id', TWO, "unexpected end of data"),
        ("id\nclass", TWO, "new-line"),
    ],
)
def test_what_is_refused(form, classes, said):
    with pytest.raises(ConfigError, match=r"^--format") as caught:
        columns_of(form, classes)
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_ids_must_tell_images_apart_and_files_must_be_there():
    files = ["a/1.png", "a/2.png", "b/1.png"]
    ids = image_ids(range(3), files)
    with pytest.raises(
        ConfigError, match=r"a/1.png and b/1.png have the same id '1': take 'file' or 'index'"
    ):
        require_columns(columns_of("id,class", TWO), ids, files)
    require_columns(columns_of("file,class", TWO), ids, files)
    with pytest.raises(ConfigError, match="these images come from an array"):
        require_columns(columns_of("file,class", TWO), range(3), None)
