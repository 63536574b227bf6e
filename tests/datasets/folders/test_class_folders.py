"""Class folders in every layout that people have."""

import pytest

from cnnlab.errors import DataError
from tests.datasets.image_layouts import cases, draw, load, write


@pytest.mark.parametrize("case", cases("class_folders"), ids=lambda case: case.title)
def test_each_layout_is_read(tmp_path, case):
    assert case.read(tmp_path) == case.expected


@pytest.mark.parametrize(
    ("files", "text"),
    [
        ("ant/0/1.png ant/1/2.png bee/0/1.png bee/1/2.png",
         r"holds the folders ant, bee, and these hold 0, 1: either may be the classes\. .* key `classes`"),
        ("1/a/1.png 1/b/2.png 2/a/3.png 2/b/4.png 3/x/1.png", None),
        ("1/benign/1.png 1/malignant/2.png 2/benign/3.png", "either may be the classes"),
        ("Train/1.png bee/1.png", "images directly in Train: if these folders are classes, name them with the key"),
        ("train/ant/1.png train/bee/1.png val/ant/1.png Valid/bee/2.png",
         "holds Valid and val, expected one folder of the validation part: bring them together, or rename one"),
        ("test/ant/1.png val/bee/1.png", "holds test, val, and none of them is for training"),
        ("train/ant/1.png train/bee/1.png val/1.png", r"images/val holds images, but no class folders: give the valid"),
        ("train/ant/1.png train/bee/1.png test/Ant/1.png test/Bee/2.png", "test part .* has a class 'Ant'"),
        ("ant/1.png ant/2.png", r"images holds 1 class folder, ant, which holds files \(\.png\); expected two or more"),
        ("d/ant/1.png d/ant/2.png", r"images/d holds 1 class folder, ant, which holds files \(\.png\); expected two"),
        ("a/b/c/d/e/f/g/h/i/j/k/l/m/n/1.png", "lies more than 12 folders below"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_a_sentence(tmp_path, files, text):
    write(tmp_path / "images", files)
    if text is None:
        assert load(tmp_path, test_fraction=0).info.num_classes == 3
        return
    with pytest.raises(DataError, match=text):
        load(tmp_path)


def test_the_sentence_of_reading_says_what_was_taken_for_what(tmp_path):
    write(tmp_path / "images", "train/p1/0/a.png train/p2/1/b.png test/p3/1/d.png")
    assert load(tmp_path).reading == (
        "train/ and test/, each with 2 class folders (0, 1) within the folders of 3 groups (p1, p2, p3)."
    )


def test_a_guess_is_a_note(tmp_path):
    write(tmp_path / "images", "lung/aca/1.png lung/scc/1.png colon/aca/1.png")
    found = load(tmp_path, test_fraction=0)
    assert found.notes[0] == found.reading
    assert found.reading == (
        "2 class folders (colon, lung), whose sub-folders (aca, scc) are not told apart: `classes`: [...] can name "
        "them instead."
    )


def test_links_to_folders_are_followed_but_not_in_circles(tmp_path):
    for name in ("ant", "bee"):
        draw(tmp_path / "elsewhere" / name / "1.png", 9)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "ant").symlink_to(tmp_path / "elsewhere" / "ant")
    (tmp_path / "images" / "bee").symlink_to(tmp_path / "elsewhere" / "bee")
    (tmp_path / "elsewhere" / "ant" / "again").symlink_to(tmp_path / "images")
    (tmp_path / "images" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    assert load(tmp_path, test_fraction=0).train.names.tolist() == ["ant/1.png", "bee/1.png"]
