"""Tables for spreadsheets and programs."""

import csv
import io

import pytest

from cnnlab.report.document import Cell, Column, Document, Section, Where, make_table
from cnnlab.report.render.data import csv_files, to_json

COLUMNS = (
    *(Column("split", key=True), Column("accuracy %", name="mean"), Column("95 % interval", name="ci95")),
    *(
        Column("welch", where=Where.DATA),
        Column("values", where=Where.DATA),
        Column("shown", where=Where.PAGE),
    ),
)
ROW = [
    "test",
    Cell("93.00", 0.93),
    Cell("92 to 94", (0.92, 0.94)),
    Cell("", {"p": 0.5}),
    Cell("", [0.92, None]),
    "x",
]


def document(rows, **more):
    table = make_table("results", "Results", COLUMNS, rows, **more)
    return Document(
        "two", tuple(Section("run", number=n, data_title="MNIST", tables=(table,)) for n in (1, 2))
    )


def test_one_file_for_the_tables_of_one_name_with_every_number_in_a_column_of_its_own():
    rows = list(csv.DictReader(io.StringIO(csv_files(document([ROW]))["results.csv"])))
    assert [(row["section"], row["name"], row["data"]) for row in rows] == [
        ("1", "run", "MNIST"),
        ("2", "run", "MNIST"),
    ]
    first = {key: rows[0][key] for key in list(rows[0])[3:]}
    assert first == {
        "split": "test",
        "mean": "0.93",
        "ci95_low": "0.92",
        "ci95_high": "0.94",
        "welch_p": "0.5",
        "values": "0.92 -",
    }


def test_a_table_without_rows_has_its_header():
    head = csv_files(document([]))["results.csv"].splitlines()
    assert head == ["section,name,data,split,mean,ci95_low,ci95_high,welch,values"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_no_text_is_a_formula(text):
    table = make_table("t", "T", [Column(text, name=text)], [[text]])
    lines = csv_files(Document("d", (Section(text, tables=(table,)),)))["t.csv"].splitlines()
    assert lines[0].endswith(f",'{text}") and lines[1] == f"1,'{text},,'{text}"


def test_rows_are_a_list_or_found_by_their_names():
    assert to_json(document([ROW]))["runs"][0]["results"][0]["ci95"] == [0.92, 0.94]
    by_split = to_json(document([ROW], by=("split",), data_name="metrics"))["runs"][1]["metrics"]
    assert by_split == {
        "test": {"mean": 0.93, "ci95": [0.92, 0.94], "welch": {"p": 0.5}, "values": [0.92, None]}
    }


def test_sections_stand_under_their_key_or_among_the_documents_own():
    content = to_json(
        Document("d", (Section("a", key="", data={"x": 1}), Section("b", key="comparison", data={"y": 2})))
    )
    assert (content["x"], content["comparison"], content["runs"]) == (1, {"y": 2}, [])
