"""Which column of a table is what."""

import pytest

from cnnlab.datasets.folders.label_columns import ColumnKeys, label_columns
from cnnlab.datasets.folders.label_table import LabelTable
from cnnlab.datasets.folders.picture_index import PictureIndex
from cnnlab.errors import DataError

INDEX = PictureIndex([f"{number}.png" for number in range(1, 5)])


def found(header, *rows, **keys):
    names = header.split(",")
    table = LabelTable("t.csv", tuple(names), [row.split(",") for row in rows], has_header=True)
    columns = label_columns("t.csv", table, INDEX, ColumnKeys(**keys))
    if columns is None:
        return None
    said = {"image": columns.image, "label": columns.label, "split": columns.split, "group": columns.group}
    text = " ".join(f"{key}={names[at]}" for key, at in said.items() if at is not None)
    return (
        text
        + "".join(f" [{names[at]}]" for at in columns.one_hot)
        + "".join(f" ({o})" for o in columns.others)
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("id,label", "1,a", "2,b"), "image=id label=label"),
        (("label,id", "1,1", "2,2"), "image=id label=label"),
        ((",id,class", "0,1,a", "1,2,b"), "image=id label=class"),
        (("file,what", "1.png,a", "2.png,b"), "image=file label=what"),
        (("a,b", "1.png,x", "2.png,y", "3.png,x"), "image=a label=b"),
        (("id,age,sex", "1,30,m", "2,31,f"), "image=id (age) (sex)"),
        (("id,split,label", "1,train,a", "2,TEST,b"), "image=id label=label split=split"),
        (("id,set,label", "1,A,a", "2,B,b"), "image=id label=label"),
        (("id,Patient ID,label", "1,p,a", "2,q,b"), "image=id label=label group=Patient ID"),
        (("id,slide_id,dx", "1,p,a", "2,q,b"), "image=id label=dx group=slide_id"),
        (("id,A,B,C", "1,0,1,0", "2,1.0,0.0,0"), "image=id [A] [B] [C]"),
        (("id,A,B", "1,1,1", "2,1,0"), "image=id (A) (B)"),
        (("id,diagnosis,target", "1,x,0", "2,y,1"), "image=id label=target (diagnosis)"),
        (("id,label", "77,a", "78,b"), None),
        (("id", "1", "2"), "image=id"),
    ],
)
def test_columns_are_found_by_what_they_hold_and_are_called(rows, expected):
    assert found(*rows) == expected


def test_names_of_a_person_decide():
    rows = ("id,file,label,dx,fold,who", "1,4,a,x,train,p", "2,3,b,y,test,q")
    keys = {"image_column": "file", "label_column": "dx", "split_column": "fold", "group_column": "who"}
    assert found(*rows, **keys) == "image=file label=dx split=fold group=who"
    with pytest.raises(
        DataError, match=r"t.csv has no column Label \(did you mean 'label'\?\), which `label_column` names"
    ):
        found(*rows, label_column="Label")
