"""The tables of a verify run, from the content of its verify.json."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cnnlab.report.formats.table import Cell, Column, Table, make_table
from cnnlab.report.numbers import one_line
from cnnlab.report.verification.verdict import small, total

Entry = Mapping[str, Any]

FIGURES = tuple(
    map(Column, ("sum, Keras", "sum, NumPy", "sums differ by", "largest difference", "tolerance"))
)
VERDICT = Column("verdict", "left")
SUMS = "Sums are of absolute values."


def verification_tables(result: Entry) -> Iterator[Table]:
    """Layers, network and data, as far as they were verified. Raises KeyError or TypeError for damaged content."""
    if result.get("layers"):
        yield from _layers(result["layers"])
    if result.get("network"):
        yield from _network(result["network"])
    if result.get("data"):
        yield _data(result["data"])


def _layers(part: Entry) -> Iterator[Table]:
    titles = {"forward": "Layers and losses: outputs", "backward": "Layers and losses: gradients"}
    for way, title in titles.items():
        rows: list[Sequence[Cell | str]] = [
            [kind["kind"], Cell(str(kind["cases"]), float(kind["cases"])), *_figures(kind[way])]
            for kind in part["kinds"]
            if kind[way]
        ]
        if rows:
            columns = [Column("layer", "left"), Column("cases"), *FIGURES, VERDICT]
            yield make_table(
                f"layers_{way}", title, columns, rows, note=f"{SUMS} {one_line(part['tolerance_rule'])}"
            )


def _network(part: Entry) -> Iterator[Table]:
    note = f"{SUMS} {one_line(part['tolerance_rule'])} {one_line(part['nudge_rule'])}".strip()
    parts = {
        "network_activations": ("Network with random weights: activations", part["layers"], 1),
        "network_gradients": ("Network with random weights: gradients", part["gradients"], 0),
    }
    for name, (title, entries, skip) in parts.items():
        if entries:
            rows: list[Sequence[Cell | str]] = [
                [one_line(e["name"]), _shape(e["keras_shape"][skip:]), *_figures(e)] for e in entries
            ]
            yield make_table(
                name, title, [Column("of", "left"), Column("shape"), *FIGURES, VERDICT], rows, note=note
            )


def _data(part: Entry) -> Table:
    headings = ("images", "loss, Keras", "loss, NumPy", "accuracy %, Keras", "accuracy %, NumPy")
    columns = [Column("split", "left"), *map(Column, headings), Column("other class")]
    columns += [Column("largest difference"), Column("tolerance"), VERDICT]
    rows: list[Sequence[Cell | str]] = []
    for name, split in part["splits"].items():
        rows.append(
            [
                one_line(name),
                Cell(f"{split['images']:,}", float(split["images"])),
                *(_metric(split[side], "loss", "{:.5f}", 1) for side in ("keras", "numpy")),
                *(_metric(split[side], "accuracy", "{:.2f}", 100) for side in ("keras", "numpy")),
                Cell(str(split["classes_differ"]), float(split["classes_differ"])),
                *(Cell(small(split[key]), float(split[key])) for key in ("largest_difference", "tolerance")),
                _verdict(split),
            ]
        )
    note = "Other class: images whose most probable class differs. Largest difference: of a probability."
    return make_table("data", f"Both networks on {one_line(part['title'])}", columns, rows, note=note)


def _figures(entry: Entry) -> list[Cell]:
    sums = [Cell(total(entry[key]), float(entry[key])) for key in ("keras_sum", "numpy_sum")]
    keys = ("sum_difference", "largest_difference", "tolerance")
    return [*sums, *(Cell(small(entry[key]), float(entry[key])) for key in keys), _verdict(entry)]


def _verdict(entry: Entry) -> Cell:
    return Cell("equal" if entry["passed"] else "DIFFER")


def _shape(axes: Sequence[int]) -> str:
    return "x".join(map(str, axes))


def _metric(figures: Entry | None, name: str, form: str, factor: float) -> Cell:
    return (
        Cell("-")
        if figures is None
        else Cell(form.format(factor * float(figures[name])), float(figures[name]))
    )
