"""Which tables beside images count."""

import pytest

from cnnlab.datasets.folders.image_tables import TableSearch
from cnnlab.datasets.folders.label_columns import ColumnKeys
from cnnlab.datasets.folders.picture_index import PictureIndex
from cnnlab.datasets.folders.picture_tree import picture_tree
from cnnlab.errors import DataError
from tests.datasets.image_layouts import write

LABELS = "id,label\n1,a\n2,b\n"


def search(path, tables):
    tree = picture_tree(write(path / "images", "1.png 2.png 3.png 4.png", tables))
    return TableSearch(tree, PictureIndex(tree.pictures), ColumnKeys())


def names(path, tables, **options):
    return [table.table.name for table in search(path, tables).found(**{"tolerant": False, **options})]


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"labels.csv": LABELS, "sample_submission.csv": LABELS, "SampleSubmission.csv": LABELS}, ["labels.csv"]),
        ({"labels.csv": LABELS, "mySubmission2.tsv": LABELS, "predictions.csv": LABELS}, ["labels.csv"]),
        ({"test.csv": "id\n3\n4\n", "train.csv": LABELS}, ["train.csv", "test.csv"]),
        ({"test.csv": "id,w\n3,1\n4,2\n", "train.csv": LABELS}, ["train.csv", "test.csv"]),
        ({"labels.csv": LABELS, "sizes.csv": "id,width,height\n1,3,4\n2,3,4\n"}, ["labels.csv"]),
        ({"labels.csv": LABELS, "names.csv": "class,name\na,cat\nb,dog\n"}, ["labels.csv"]),
        ({"labels.csv": LABELS, "notes.txt": "Read me.\n\"Open"}, ["labels.csv"]),
        ({"deep/er/labels.csv": LABELS}, ["deep/er/labels.csv"]),
        ({"LABELS.CSV": LABELS}, ["LABELS.CSV"]),
        ({"few.csv": "id,label\n1,a\n77,b\n78,a\n79,b\n80,b\n"}, []),
        ({f"{number}.txt": LABELS for number in range(60)}, []),
    ],
)  # fmt: skip
def test_those_with_labels_of_many_images_count(tmp_path, tables, expected):
    assert names(tmp_path, tables) == expected


def test_two_that_say_the_same_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"holds a.csv and train.csv, and both name images"):
        names(tmp_path, {"a.csv": LABELS, "train.csv": LABELS})


def test_what_cannot_be_read_is_passed_over_where_it_does_not_matter(tmp_path):
    tables = {"broken.csv": 'id,label\n1,"a\n'}
    assert names(tmp_path, tables, tolerant=True) == []
    with pytest.raises(DataError, match=r"broken.csv, line 2: not CSV"):
        names(tmp_path, tables)
