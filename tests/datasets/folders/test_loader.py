"""The parameters of the data set `folder`, and images of all kinds in class folders."""

import numpy as np
import pytest
from PIL import Image

from cnnlab.errors import DataError
from tests.datasets.image_layouts import draw, load


@pytest.fixture
def images(tmp_path):
    """Ten gray images of each of two classes; image i is filled with i."""
    for label, name in enumerate(["ant", "bee"]):
        for i in range(10):
            draw(tmp_path / "images" / name / f"{i:02}.png", 10 * label + i)
    return tmp_path / "images"


def values(split):
    return split.images[:, 0, 0, 0].tolist()


def test_the_last_fifth_of_each_class_by_name_is_the_test_part(tmp_path, images):
    loaded = load(tmp_path)
    assert values(loaded.train) == [*range(8), *range(10, 18)]
    assert values(loaded.test) == [8, 9, 18, 19]
    assert loaded.test.labels.tolist() == [0, 0, 1, 1]
    assert loaded.test.names.tolist() == ["ant/08.png", "ant/09.png", "bee/08.png", "bee/09.png"]
    assert loaded.info.class_names == ("ant", "bee") and loaded.info.image_shape == (6, 4, 1)
    assert loaded.notes == () and loaded.title == "images"


def test_the_test_part_can_be_larger_or_none(tmp_path, images):
    assert len(load(tmp_path, test_fraction=0.5).test) == 10
    assert load(tmp_path, test_fraction=0).test is None


def test_a_divided_folder_is_taken_as_it_is(tmp_path, images):
    root = tmp_path / "divided" / "images"
    root.mkdir(parents=True)
    images.rename(root / "train")
    draw(root / "val" / "bee" / "a.png", 50)
    draw(root / "test" / "ant" / "b.png", 60)
    loaded = load(root.parent)
    assert len(loaded.train) == 20 and values(loaded.validation) == [50] and values(loaded.test) == [60]
    assert loaded.validation.labels.tolist() == [1] and loaded.test.names.tolist() == ["test/ant/b.png"]


def test_test_images_without_class_folders_count_as_hidden(tmp_path, images):
    images.rename(tmp_path / "train")
    (tmp_path / "images").mkdir()
    (tmp_path / "train").rename(images / "train")
    draw(images / "test" / "1.png", 7)
    loaded = load(tmp_path)
    assert loaded.test.labels is None and values(loaded.test) == [7]


def test_colour_images_keep_their_channels(tmp_path):
    for name in ("ant", "bee"):
        draw(tmp_path / "images" / name / "1.JPG", 9, mode="RGB")
        draw(tmp_path / "images" / name / "2.png", 9, mode="RGBA")
    assert load(tmp_path).info.image_shape == (6, 4, 3)
    assert load(tmp_path, color="gray").info.image_shape == (6, 4, 1)


@pytest.fixture
def twelve(tmp_path):
    """Class folders 0 to 11 with images 0 to 11 each, filled with 20 times the class plus the number."""
    for label in range(12):
        for i in range(12):
            draw(tmp_path / "images" / str(label) / f"{i}.png", 20 * label + i)
    return tmp_path / "images"


def test_classes_and_images_are_taken_by_number(tmp_path, twelve):
    loaded = load(tmp_path, test_fraction=0.25)
    assert loaded.info.class_names == tuple(map(str, range(12)))
    assert values(loaded.train) == [20 * label + i for label in range(12) for i in range(9)]
    assert values(loaded.test) == [20 * label + i for label in range(12) for i in (9, 10, 11)]
    assert loaded.test.names.tolist()[:4] == ["0/9.png", "0/10.png", "0/11.png", "1/9.png"]
    assert loaded.test.labels.tolist() == [label for label in range(12) for _ in range(3)]


def test_hidden_test_images_are_taken_by_number(tmp_path, twelve):
    twelve.rename(tmp_path / "train")
    (tmp_path / "images").mkdir()
    (tmp_path / "train").rename(twelve / "train")
    (twelve / "train/7").rename(twelve / "test")
    assert values(load(tmp_path).test) == [140 + i for i in range(12)]


def test_class_names_may_begin_as_those_of_programs_do(tmp_path, images):
    draw(images / "__other" / "1.png", 33)
    draw(images / "__MACOSX" / "1.png", 34)
    loaded = load(tmp_path, test_fraction=0)
    assert loaded.info.class_names == ("__other", "ant", "bee") and values(loaded.train)[0] == 33
    assert loaded.notes == ()


def test_transparent_images_are_noted(tmp_path, images):
    for name in ("ant", "bee"):
        draw(images / name / "x.png", 255, mode="LA")
        draw(images / name / "y.png", 0, mode="LA")
    assert load(tmp_path).notes[0] == "2 images with transparent pixels, which were laid over white."


def test_sizes_and_colours_can_be_brought_together(tmp_path, images):
    draw(images / "ant" / "large.png", 99, size=(30, 20), mode="RGB")
    loaded = load(tmp_path, image_size=[8, 5], color="rgb")
    assert loaded.info.image_shape == (8, 5, 3)
    assert loaded.test.images[loaded.test.names == "ant/large.png"].min() == 99


def test_photos_are_turned_as_they_say(tmp_path, images):
    picture = Image.new("L", (6, 4), 3)  # 4 high, 6 wide: lying, to be turned upright
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(images / "bee" / "turned.jpg", exif=exif)
    assert load(tmp_path).info.image_shape == (6, 4, 1)


def test_other_files_are_left_out_with_a_note(tmp_path, images):
    (images / "ant" / ".hidden").write_text("")
    (images / "ant" / "list.txt").write_text("")
    (images / "readme.md").write_text("")
    (images / "ant" / "film.gif").write_text("")
    (images / "labels.xlsx").write_text("")
    draw(images / "1.png")
    assert load(tmp_path).notes[:2] == (
        "1 image outside of class folders was left out: 1.png.",
        "2 files were left out, being no .png, .jpg, .jpeg, .tif, .tiff, .bmp, .webp file: ant/film.gif, labels.xlsx.",
    )


def test_the_centre_can_be_cut_out(tmp_path, images):
    for name in ("ant", "bee"):
        for file in (images / name).iterdir():
            frame = np.zeros((8, 8), np.uint8)
            frame[2:6, 2:6] = 9
            Image.fromarray(frame).save(file)
    loaded = load(tmp_path, crop=4)
    assert loaded.info.image_shape == (4, 4, 1) and loaded.train.images.min() == 9


def test_classes_and_the_positive_one_can_be_named(tmp_path, images):
    draw(images / "cow" / "1.png", 99)
    loaded = load(tmp_path, classes=["bee", "ant"], test_fraction=0)
    assert loaded.info.class_names == ("bee", "ant") and values(loaded.train)[:2] == [0, 1]
    assert loaded.train.labels.tolist() == [1] * 10 + [0] * 10
    assert "1 image of 1 other class was left out, as `classes` says: cow." in loaded.notes
    assert load(tmp_path, classes=["ant", "bee"], positive="bee").info.positive_class == "bee"
    with pytest.raises(DataError, match="3 classes, ant, bee, cow; only of two one can be `positive`"):
        load(tmp_path, positive="bee")


def empty(images):
    (images / "cat").mkdir()


def larger(images):
    draw(images / "bee" / "x.png", size=(7, 4))


def coloured(images):
    draw(images / "bee" / "x.png", mode="RGB")


def sixteen_bits(images):
    draw(images / "bee" / "x.png", mode="I;16")


def text_as_image(images):
    (images / "ant" / "00.png").write_text("not an image")


def truncated(images):
    noise = np.random.default_rng(0).integers(0, 256, (60, 40), dtype=np.uint8)
    Image.fromarray(noise).save(images / "ant" / "x.png")
    (images / "ant" / "x.png").write_bytes((images / "ant" / "x.png").read_bytes()[:500])


def gif_as_png(images):
    Image.new("L", (4, 6)).save(images / "ant" / "00.png", format="GIF")


def one_class(images):
    (images / "bee").rename(images.parent / "bee")


def train_and_more(images):
    (images / "bee").rename(images / "train")


def only_test(images):
    (images / "bee").rename(images / "test")
    (images / "ant").rename(images / "val")


def strange_test_class(images):
    for name in ("ant", "bee"):
        (images / name).rename(images.parent / name)
    for name in ("ant", "bee"):
        (images / "train").mkdir(exist_ok=True)
        (images.parent / name).rename(images / "train" / name)
    draw(images / "test" / "cow" / "1.png")
    draw(images / "test" / "ant" / "1.png")


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (
            empty,
            "images/cat holds no image, beside class folders that hold some: fill the folder or take it out",
        ),
        (larger, "bee/x.png is 7x4 gray and .*ant/00.png 6x4"),
        (coloured, "bee/x.png is 6x4 rgb .* color: gray or rgb"),
        (sixteen_bits, "bee/x.png has pixels of the mode 'I;16'"),
        (text_as_image, "ant/00.png cannot be read as a PNG, JPEG, TIFF, BMP or WebP image"),
        (truncated, "ant/x.png cannot be read as a PNG, JPEG, TIFF, BMP or WebP image"),
        (gif_as_png, "ant/00.png cannot be read as a PNG, JPEG, TIFF, BMP or WebP image"),
        (one_class, r"images holds 1 class folder, ant, which holds files \(\.png\); expected two or more"),
        (train_and_more, r"images holds ant, train, and images directly in train: .* the key `classes`"),
        (only_test, "images holds test, val, and none of them is for training: expected a folder train/"),
        (
            strange_test_class,
            r"test part .* has a class 'cow' \(label 2, 1 of 2 images\) that the training images do not",
        ),
        (lambda images: images.rename(images.parent / "gone"), "The folder .*images does not exist"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(tmp_path, images, damage, text):
    damage(images)
    with pytest.raises(DataError, match=text):
        load(tmp_path)
