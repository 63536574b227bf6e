"""What `cnnlab verify` found as a section: tables, what they show in words, the verdict."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cnnlab.report.cells import number
from cnnlab.report.document import Cell, Cells, Column, Section, Table, Text, Where, make_table
from cnnlab.runs.measures import is_percent
from cnnlab.runs.record import read_record
from cnnlab.runs.verification import (
    ArrayVerdict,
    DataVerdict,
    DirectionVerdict,
    LayersVerdict,
    NetworkVerdict,
    SplitVerdict,
    Verdict,
    VerificationRecord,
)

Part = LayersVerdict | NetworkVerdict | DataVerdict

FIGURES = (
    Column("sum, Keras", short="sum\nKeras"),
    Column("sum, NumPy", short="sum\nNumPy"),
    Column("sums differ by", short="sums\ndiffer"),
    Column("largest difference", short="largest\ndiff."),
    Column("tolerance", short="toler-\nance"),
    Column("verdict", "center", short=" "),
)
SHOWN = Where.EVERYWHERE & ~Where.JSON  # programs find the whole verify.json
SUMS = "Sums are of absolute values. Tolerance:"


def verification_section(result: VerificationRecord | None) -> Section:
    """Return tables, texts and verdict of a whole verification; one sentence where verify.json is damaged."""
    if result is None:
        text = "verify.json is missing or damaged: this run has no verdict."
        return Section("verify", answer=Text("verdict", text, "warning"))
    whole = (result.layers, result.network, result.data)
    parts = [part_section(part) for part in whole if part is not None]
    return Section(
        "verify",
        answer=verdict(result),
        tables=tuple(table for part in parts for table in part.tables),
        texts=tuple(text for part in parts for text in part.texts),
    )


def judgement_verdict(path: Path) -> Text:
    """Return whether all files of a judge run pass, from its judgement.json."""
    found = read_record(Verdict, path, [])
    if found is None:
        return Text("verdict", "judgement.json is missing or damaged: this run has no verdict.", "warning")
    if found.passed:
        return Text("verdict", "Every file passes; judgement.json has the findings.", "good")
    return Text("verdict", "Not every file passes; judgement.json has the findings.", "bad")


def part_section(part: Part, *, cases: bool = False) -> Section:
    """Return tables and texts of one part; with `cases` those of every case of each layer, too."""
    if isinstance(part, LayersVerdict):
        tables = [*_layers(part), *(_cases(part) if cases else ())]
        return Section("layers", tables=tuple(tables), texts=tuple(_layer_texts(part)))
    if isinstance(part, NetworkVerdict):
        return Section("network", tables=tuple(_network(part)), texts=tuple(_network_texts(part)))
    return Section("data", tables=(_data(part),), texts=tuple(_data_texts(part)))


def verification_to_json(result: VerificationRecord) -> dict[str, Any]:
    """Return the content of a verify.json without the thousand arrays of single cases."""
    return result.model_dump(exclude={"layers": {"cases"}})


def verdict(result: VerificationRecord) -> Text:
    """Return the verdict on the whole, one sentence."""
    if result.passed:
        return Text("verdict", "Keras and NumPy agree within rounding.", "good")
    return Text("verdict", f"DIFFERENT: {difference_sentence(result)}", "bad")


def difference_sentence(result: VerificationRecord) -> str:
    """Return which layers, which place of the network and which split differ, and by how much."""
    found = [
        f"layer {kind.kind} in {len(kind.failed)} of {kind.cases} cases"
        for kind in result.layers.kinds
        if not kind.passed
    ]
    if not result.network.passed:
        found.append(f"the network {_place(result.network)}")
    for name, split in result.data.splits.items() if result.data is not None else ():
        if not split.passed:
            difference = small(split.largest_difference)
            found.append(f"{name} data: probabilities by {difference}, {split.classes_differ} other classes")
    return "; ".join(found)


def total(value: float) -> str:
    """Return a sum in nine characters: 804.32874."""
    if value == 0 or not 1e-3 <= abs(value) < 1e8:
        return "0" if value == 0 else f"{value:.3e}"
    return f"{value:.{8 - len(str(int(abs(value))))}f}".rstrip(".")


def small(value: float) -> str:
    """Return a difference with two digits; a plain 0 means equal to the last bit."""
    return "0" if value == 0 else f"{value:.1e}"


def _layers(part: LayersVerdict) -> Iterator[Table]:
    """One row per layer kind for the outputs, and one for the gradients."""
    columns = [Column("layer", "left", key=True), Column("cases"), *FIGURES]
    outputs = [(kind, kind.forward) for kind in part.kinds]
    gradients = [(kind, kind.backward) for kind in part.kinds]
    ways = {"forward": ("outputs", outputs), "backward": ("gradients of inputs and weights", gradients)}
    for way, (title, found) in ways.items():
        rows: list[Cells] = [
            [kind.kind, number(kind.cases), *_figures(figures)]
            for kind, figures in found
            if figures is not None
        ]
        if rows:
            caption = f"Layers and losses: {title}"
            note = f"{SUMS} {part.tolerance_rule}"
            yield make_table(f"layers_{way}", caption, columns, rows, note=note, where=SHOWN)


def _layer_texts(part: LayersVerdict) -> Iterator[Text]:
    for kind in part.kinds:
        if kind.error:
            yield Text("problem", f"{kind.kind}: {kind.error}", "bad")
        for figures in (kind.forward, kind.backward):
            if figures is not None and not figures.passed:
                where = f"{figures.worst_array}, case '{figures.worst_case}'"
                text = f"{kind.kind}: {len(kind.failed)} of {kind.cases} cases differ, the worst in {where}."
                yield Text("problem", text, "bad")
    for text in part.left_out:
        yield Text("layers", f"left out on this backend: {text}")


def _cases(part: LayersVerdict) -> Iterator[Table]:
    """A table of every case of each layer, for a screen."""
    columns = [
        Column("case", "left", key=True, group=True),
        Column("array", "left", key=True),
        Column("shape"),
    ]
    for kind in part.kinds:
        rows: list[Cells] = [
            [
                f"{case.case} {case.error or ''}",
                array.name.replace("gradient of ", "d "),
                _shape(array, 0),
                *_figures(array),
            ]
            for case in part.cases
            if case.kind == kind.kind
            for array in case.arrays
        ]
        yield make_table(f"cases_{kind.kind}", kind.kind, [*columns, *FIGURES], rows, where=Where.SCREEN)


def _network(part: NetworkVerdict) -> Iterator[Table]:
    """One row per layer for the activations, one per weight for the gradients."""
    title, columns = "Network with random weights", [Column("shape"), *FIGURES]
    note = f"{SUMS} {part.tolerance_rule} {part.nudge_rule}".strip()
    if part.layers:
        rows: list[Cells] = [[layer.name, _shape(layer, 1), *_figures(layer)] for layer in part.layers]
        key = Column("layer", "left", key=True)
        name, caption = "network_activations", f"{title}: activations"
        yield make_table(name, caption, [key, *columns], rows, note=note, where=SHOWN)
    if part.gradients:
        rows = []
        for weight in part.gradients:
            layer, _, name = weight.name.rpartition("/")
            rows.append([layer, name, _shape(weight, int(not layer)), *_figures(weight)])
        keys = [Column("layer", "left", key=True, group=True), Column("of", "left", key=True)]
        name, caption = "network_gradients", f"{title}: gradients"
        yield make_table(name, caption, [*keys, *columns], rows, note=note, where=SHOWN)


def _network_texts(part: NetworkVerdict) -> Iterator[Text]:
    if part.error:
        yield Text("problem", f"The NumPy network broke down: {part.error}", "bad")
    if part.first_difference:
        yield Text("problem", f"The first difference arises in {part.first_difference}.", "bad")
    wrong = [name for name, count in part.weights_by_layer.items() if not count.equal]
    if wrong or part.weights != part.weights_numpy:
        where = f"not the same in {', '.join(wrong)}"
        text = f"{part.weights:,} weights in Keras, {part.weights_numpy:,} in NumPy: {where}."
        yield Text("problem", text, "bad")
    else:
        counts = part.weights_by_layer.items()
        each = ", ".join(f"{name} {count.keras:,}" for name, count in counts if count.keras)
        yield Text("weights", f"{part.weights:,} weights in Keras and in NumPy: {each}.")


def _data(part: DataVerdict) -> Table:
    """One row per split: loss and accuracy of both, other classes, differences."""
    columns = [Column("split", "left", key=True), Column("images")]
    columns += [Column(f"loss, {side}", short=f"loss\n{side}") for side in ("Keras", "NumPy")]
    columns += [Column(f"accuracy %, {side}", short=f"accuracy\n{side}") for side in ("Keras", "NumPy")]
    columns += [Column("other class", short="other\nclass"), *FIGURES[3:]]
    rows: list[Cells] = [
        [
            name,
            number(split.images, ","),
            *(_metric(side, "loss", "{:.5f}", 1) for side in (split.keras, split.numpy)),
            *(_metric(side, "accuracy", "{:.2f} %", 100) for side in (split.keras, split.numpy)),
            number(split.classes_differ),
            *(_small(value) for value in (split.largest_difference, split.tolerance)),
            _passed(split),
        ]
        for name, split in part.splits.items()
    ]
    note = (
        "Other class: images whose most probable class differs. Largest difference: of a probability. Tolerance: "
        f"{part.tolerance_rule}"
    )
    return make_table("data", f"Both networks on {part.title}", columns, rows, note=note, where=SHOWN)


def _data_texts(part: DataVerdict) -> Iterator[Text]:
    seconds = part.seconds
    ratio = f", {seconds.keras / seconds.numpy:.1f} times as long" if seconds.numpy > 0 else ""
    took = f"took NumPy {seconds.numpy:.2f} s and Keras (predict) {seconds.keras:.2f} s"
    yield Text("times", f"{part.images:,} images {took}{ratio}.")
    if part.published:
        yield Text("published", _published(part.published))
    for note in part.notes:
        yield Text("data", note)
    ties = sum(split.ties for split in part.splits.values())
    if ties:
        text = f"{ties} of the other classes: two classes as probable as each other within tolerance."
        yield Text("ties", text)


def _published(published: Mapping[str, Any]) -> str:
    """One sentence: the published figures on the same data."""
    figures = []
    for key, value in published.items():
        values = value if isinstance(value, list | tuple) else [value]
        numbers = [v for v in values if isinstance(v, int | float)]
        if numbers:
            percent = is_percent(key)
            shown = " and ".join(f"{100 * v:.2f}" if percent else f"{v:.4f}" for v in numbers)
            figures.append(f"{key.replace('_', ' ')} {shown}{' %' if percent else ''}")
    return f"Published ({published.get('source')}): {', '.join(figures)}."


def _place(network: NetworkVerdict) -> str:
    if network.error:
        return f"breaks down ({network.error})"
    if network.first_difference:
        return f"from {network.first_difference} on"
    wrong = [weight.name for weight in network.gradients if not weight.passed]
    return f"in the gradient of {', '.join(wrong)}" if wrong else "in its weight count"


def _figures(entry: ArrayVerdict | DirectionVerdict) -> list[Cell]:
    sums = [Cell(total(value), value) for value in (entry.keras_sum, entry.numpy_sum)]
    differences = (entry.sum_difference, entry.largest_difference, entry.tolerance)
    return [*sums, *map(_small, differences), _passed(entry)]


def _small(value: float) -> Cell:
    return Cell(small(value), value)


def _passed(entry: ArrayVerdict | DirectionVerdict | SplitVerdict) -> Cell:
    return Cell("equal", "equal", "good") if entry.passed else Cell("DIFFER", "DIFFER", "bad")


def _shape(entry: ArrayVerdict, skip: int) -> str:
    """The shape without its first `skip` axes; both shapes where they differ."""
    keras, ours = ("x".join(map(str, shape[skip:])) for shape in (entry.keras_shape, entry.numpy_shape))
    return keras if keras == ours else f"{keras} / {ours}"


def _metric(figures: Mapping[str, float] | None, name: str, form: str, factor: float) -> Cell:
    if figures is None or name not in figures:
        return Cell("-")
    return Cell(form.format(factor * figures[name]), figures[name])
