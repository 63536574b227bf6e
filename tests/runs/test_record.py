import json
import math

import pytest
from pydantic import Field, ValidationError

from cnnlab.files import write_json
from cnnlab.runs.record import (
    MOST_CHARACTERS,
    MOST_ENTRIES,
    MOST_LEVELS,
    MOST_VALUES,
    Count,
    Figures,
    Flag,
    Number,
    Record,
    as_number,
    harmless,
    is_repeat_number,
    printable,
    read_record,
)
from tests.hostile import REPLACEMENTS, replace_by


class Part(Record):
    name: str | None = None
    size: Count | None = None


class Whole(Record):
    title: str = "untitled"
    part: Part = Part()
    parts: tuple[Part, ...] = ()
    rate: Number = None
    right: Flag = False
    figures: dict[str, Figures] = Field({})


class Strict(Record):
    title: str


@pytest.fixture
def read(tmp_path):
    """Return a function that writes plain data, and reads them as a record; gives it and the notes."""

    def write_and_read(content, kind=Whole):
        (tmp_path / "whole.json").write_text(json.dumps(content))
        notes = []
        return read_record(kind, tmp_path / "whole.json", notes), notes

    return write_and_read


def test_what_is_written_is_read(tmp_path):
    figures = {"test": {"loss": math.inf, "accuracy": 0.5}}
    whole = Whole(
        title="a", part=Part(size=3), parts=(Part(name="b"),), rate=0.25, right=True, figures=figures
    )
    write_json(tmp_path / "whole.json", whole)
    notes = []
    assert read_record(Whole, tmp_path / "whole.json", notes) == whole
    assert notes == []
    written = json.loads((tmp_path / "whole.json").read_text())
    assert written["part"] == {"size": 3}  # what was not given is not written
    assert written["figures"]["test"]["loss"] == "Infinity"


def test_a_damaged_field_has_its_default_and_a_note_and_the_rest_is_read(read):
    whole, notes = read({"title": 7, "part": {"name": "a", "size": "x"}, "rate": 0.5, "parts": [3]})
    assert whole == Whole(part=Part(name="a"), rate=0.5)
    assert notes == [
        "whole.json: title is damaged",
        "whole.json: size is damaged",
        "whole.json: parts is damaged",
    ]


def test_a_note_is_given_once(read):
    assert read({"parts": [{"size": -1}, {"size": "x"}]})[1] == ["whole.json: size is damaged"]


def test_fields_without_a_default_are_needed(read):
    assert read({}, Strict) == (None, ["whole.json is damaged"])
    assert read({"title": []}, Strict) == (None, ["whole.json is damaged"])
    assert read({"title": "a"}, Strict) == (Strict(title="a"), [])


@pytest.mark.parametrize("value", [-1, 1.5, True, "3", 2**63, 10**400, [], {}])
def test_counts_that_are_impossible(read, value):
    whole, notes = read({"part": {"size": value}})
    assert (whole.part.size, notes) == (None, ["whole.json: size is damaged"])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        ("NaN", math.nan),
        ("-Infinity", -math.inf),
        (10**400, math.inf),
        ("1", None),
        (True, None),
        ([], None),
    ],
)
def test_numbers(read, value, number):
    whole, _ = read({"figures": {"test": {"accuracy": value}, "train": None}})
    assert whole.figures["train"] == {}
    found = whole.figures["test"]["accuracy"]
    assert found == number or (math.isnan(found) and math.isnan(number))


def test_only_what_is_right_is_written():
    for wrong in ({"title": 7}, {"rate": "fast"}, {"right": 1}, {"parts": [Part(), 3]}):
        with pytest.raises(ValidationError):
            Whole(**wrong)


def test_every_text_is_printable(read):
    terminal = "\x1b]0;X\x07a\nb\r\tc\u202ed\x00"
    whole, notes = read({"title": terminal, "figures": {f"x{terminal}": {terminal: 1}}})
    assert whole.title == "�]0;X�a b  c�d�"
    assert list(whole.figures) == [f"x{whole.title}"]
    assert list(whole.figures[f"x{whole.title}"]) == [whole.title]
    assert notes == []


def test_ordinary_text_stays_as_it_is():
    for text in ("", "Grüße  an  alle", "日本語 😀", "a\u00a0b\u3000c"):
        assert printable(text) == text
    assert printable("half \ud83d") == "half �"


def test_long_texts_are_cut(read):
    assert len(read({"title": "x" * 10**6})[0].title) == MOST_CHARACTERS


def test_too_many_values_or_levels_are_damage(read):
    many = {f"x{i}": [0] * (MOST_ENTRIES - 1) for i in range(MOST_VALUES // MOST_ENTRIES + 1)}
    assert read({"figures": many}) == (None, ["whole.json is damaged"])
    deep = {}
    for _ in range(MOST_LEVELS + 1):
        deep = {"part": deep}
    assert read(deep) == (None, ["whole.json is damaged"])


@pytest.mark.parametrize(
    "entries", [[0] * (MOST_ENTRIES + 1), dict.fromkeys(map(str, range(MOST_ENTRIES + 1)))]
)
def test_too_many_entries_in_one_place_are_damage(read, entries):
    """Each is a line of a table, of which no person reads so many, and that takes seconds to print."""
    for content in ({"title": entries}, {"unknown": [entries]}):
        assert read(content) == (None, ["whole.json is damaged"])


def test_figures_of_more_names_than_a_table_has_rows_are_damaged(read):
    whole, notes = read({"figures": {"test": {f"m{i}": 0.5 for i in range(1001)}}, "title": "kept"})
    assert whole.figures == {} and whole.title == "kept"
    assert notes == ["whole.json: figures is damaged"]


def test_values_that_are_shared_count_each_time():
    bomb = ["x"]
    for _ in range(30):
        bomb = [bomb, bomb]
    with pytest.raises(ValueError, match="more values"):
        harmless({"bomb": bomb})
    circle = []
    circle.append(circle)
    with pytest.raises(ValueError, match="more levels"):
        harmless({"circle": circle})


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[1]", '"x"', "[" * 100_000, "9" * 100_000, "\udcff", "NaN"]
)
def test_what_is_no_object_is_damage(tmp_path, text):
    path = tmp_path / "whole.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    notes = []
    assert read_record(Whole, path, notes) is None
    assert notes == ["whole.json is damaged"]


@pytest.mark.parametrize("kind", REPLACEMENTS)
def test_whatever_stands_in_a_files_place_is_a_note(tmp_path, kind):
    path = tmp_path / "whole.json"
    path.write_text("{}")
    replace_by(kind, path)
    notes = []
    assert read_record(Whole, path, notes) is None
    assert notes == [f"whole.json is {'missing' if kind in ('nothing', 'dangling') else 'damaged'}"]


def test_numbers_of_repeats():
    assert all(map(is_repeat_number, ["0", "12", "9999"]))
    assert not any(map(is_repeat_number, ["", "-1", "²", "10000", "1" * 5000, "1.0", "x"]))


def test_numbers_out_of_json():
    assert as_number(1) == 1.0
    assert as_number("-Infinity") == -math.inf
    assert math.isnan(as_number("NaN"))
    assert as_number(10**400) == math.inf
    assert [as_number(x) for x in (None, True, "1", [], {})] == [None] * 5
