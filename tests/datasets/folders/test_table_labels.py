"""Images with tables of labels, as people have them."""

import pytest

from cnnlab.errors import DataError
from tests.datasets.image_layouts import cases, load, write


@pytest.mark.parametrize("case", cases("table_labels"), ids=lambda case: case.title)
def test_each_layout_is_read(tmp_path, case):
    assert case.read(tmp_path) == case.expected


def table(text, name="labels.csv", files="1.png 2.png 3.png"):
    return files, {name: text}


@pytest.mark.parametrize(
    ("layout", "parameters", "text"),
    [
        (table("id,label\n1,a\n2,b\n1,b\n3,a\n"), {}, r"labels\.csv names 1 twice, as a \(train, labels.csv\) and b "),
        (table("id,label\n07,a\n08,b\n"), {}, r"names none of the images \(1.png, 2.png, 3.png\); it has the"),
        (table("id,when,who\n1,x,y\n2,y,x\n3,x,x\n"), {}, "which of its columns id, when, who is the label"),
        (table("id\n1\n2\n3\n"), {}, "labels.csv names the images, but has no column of labels: it has id"),
        (table("id,split,label\n1,train,a\n2,train,b\n3,fold3,a\n"), {"split_column": "split"},
         "has the split fold3 for 3, expected train, validation or test: name another column with `split_column`"),
        (table("id,label\n1,a\n2,b\n3,a\n"), {"label_column": "labels"},
         r"no column labels \(did you mean 'label'\?\), which `label_column` names; it has id, label"),
        (table("1.png,a\n2.png,b\n3.png,a\n"), {"label_column": 3}, "no column 3, .* has 1, 2 .*no header"),
        (table("id,label\n1,a\n2,b\n3,a\n"), {"labels": "label.csv"}, r"holds no file label.csv, .*; there is"),
        (table("id,label\n1,a\n2,b\n3,a\n"), {"labels": "../labels.csv"}, r"holds no file \.\./labels.csv, which"),
        (table("id,label\n1,a\n2,b,c\n3,a\n"), {}, "labels.csv, line 3: 3 cells, expected 2 as in the first line"),
        (table("id,label\n1,a\n2,\"b\n3,a\n"), {}, "labels.csv, line 4: not CSV .*: correct the quotes there"),
        (table("id,id\n1,a\n2,b\n3,a\n"), {}, "labels.csv has two columns id, expected different names"),
        (table("id,label\n1,\n2,\n3,\n"), {}, "holds no labelled image to train on. labels.csv"),
        (table("id,label\n1,0.13\n2,0.7\n3,12\n"), {}, "has the label 0.13 and 3 different ones of 3 images"),
        (table("id,label\n1,a\n2,a\n3,a\n"), {}, "has one class, a; expected two or more"),
        (table("id,label\n1,a\n2,b\n", files="x/1.png y/1.png x/2.png"), {"labels": "labels.csv"},
         r"1 may be x/1.png, y/1.png: write the folder into the table too, or choose files by the key `pattern`"),
        (table("id,label\n1,a\n2,b\n3,b\n", "test.csv"), {}, "holds no labelled image to train on"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_a_sentence(tmp_path, layout, parameters, text):
    write(tmp_path / "images", *layout)
    with pytest.raises(DataError, match=text):
        load(tmp_path, **parameters)


def test_the_sentence_of_reading_says_what_was_taken_for_what(tmp_path):
    tables = {"train_labels.csv": "id,label\n0a,0\n0b,1\n", "sample_submission.csv": "id,label\n1a,0\n"}
    write(tmp_path / "images", "train/0a.tif train/0b.tif test/1a.tif", tables)
    assert load(tmp_path).reading == (
        "train_labels.csv (image: id, label: label) beside test/, train/, read as images and labels: 2 train, 1 test "
        "with hidden labels."
    )


def test_what_lacks_the_other_is_noted_with_its_first_names(tmp_path):
    write(
        tmp_path / "images",
        *table("id,label\n1,a\n2,b\n3,\n7,a\n8,b\n", files="1.png 2.png 3.png 4.png 5.png"),
    )
    notes = load(tmp_path, test_fraction=0).notes
    assert notes[:3] == (
        "2 rows of the labels have no image and were left out: 7, 8.",
        "2 images have no label and were left out: 4.png, 5.png.",
        "1 train image has no label and was left out: 3.png.",
    )


def test_the_keys_decide(tmp_path):
    text = "file;a;b;part;who\n1.png;x;u;train;p\n2.png;y;v;train;q\n3.png;x;v;dev;p\n"
    write(tmp_path / "images", *table(text, "odd.csv"))
    found = load(tmp_path, label_column="b", group_column="who", test_fraction=0)
    assert found.info.class_names == ("u", "v") and found.train.groups.tolist() == ["p", "q"]
    assert found.validation.names.tolist() == ["3.png"] and found.validation.groups.tolist() == ["p"]
    found = load(tmp_path, label_column="a", positive="x", test_fraction=0)
    assert found.info.class_names == ("y", "x") and found.train.groups is None


def test_a_positive_number_is_renumbered_with_a_note(tmp_path):
    write(tmp_path / "images", *table("id,label\n1,0\n2,1\n3,1\n"))
    found = load(tmp_path, positive=0, test_fraction=0)
    assert found.info.class_names == ("1", "0") and found.train.labels.tolist() == [1, 0, 0]
    assert (
        found.notes[0] == "The labels are not the numbers of the classes: label 1 is class 0, 0 is class 1."
    )
