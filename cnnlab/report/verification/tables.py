"""The three parts of a verification as rich tables that read well at 80 columns; input is verify.json's content."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.report.numbers import is_percent, one_line
from cnnlab.report.verification.verdict import small, total

Entry = Mapping[str, Any]

HEADINGS = {
    "keras_sum": "sum\nKeras",
    "numpy_sum": "sum\nours",
    "sum_difference": "sums\ndiffer",
    "largest_difference": "largest\ndiff.",
    "tolerance": "toler-\nance",
}
SUMS = "Sums are of absolute values."
MOST_CASES_NAMED = 3


def part_tables(name: str, part: Entry, *, verbose: bool = False) -> RenderableType:
    """Return the tables of the part "layers", "network" or "data"."""
    build = {"layers": layers_tables, "network": network_tables, "data": data_tables}[name]
    return build(part, verbose)


def layers_tables(part: Entry, verbose: bool = False) -> RenderableType:
    """Return one line per layer kind for the outputs, and one for the gradients; with `verbose` every case."""
    parts: list[RenderableType] = []
    for direction, title in (("forward", "outputs"), ("backward", "gradients of inputs and weights")):
        rows = [(kind, kind[direction]) for kind in part["kinds"] if kind[direction]]
        if rows:
            table = _table(f"Layers and losses: {title}", "layer", "cases")
            for kind, figures in rows:
                table.add_row(Text(kind["kind"]), str(kind["cases"]), *_figures(figures))
            parts += [table, Text()]
    parts += [_problem(text) for text in _layer_problems(part)]
    if verbose:
        parts += [_cases_table(kind["kind"], part["cases"]) for kind in part["kinds"]]
    parts += [_note(f"Left out on this backend: {one_line(text)}") for text in part.get("left_out", ())]
    return Group(*parts, _note(f"{SUMS} Tolerance: {part['tolerance_rule']}"))


def network_tables(part: Entry, verbose: bool = False) -> RenderableType:
    """Return one line per layer for the activations, one per weight for the gradients, and the weight count."""
    parts: list[RenderableType] = []
    if part["layers"]:
        table = _table("Network with random weights: activations", "layer", "shape")
        for layer in part["layers"]:
            table.add_row(Text(one_line(layer["name"])), _shapes(layer, skip=1), *_figures(layer))
        parts += [table, Text()]
    if part["gradients"]:
        table = _table("Network with random weights: gradients", "of", "shape")
        previous = ""
        for weight in part["gradients"]:
            layer, _, name = one_line(weight["name"]).rpartition("/")
            if layer and layer != previous:
                table.add_row(Text(layer))
            previous = layer
            table.add_row(f"  {name}" if layer else name, _shapes(weight, int(not layer)), *_figures(weight))
        parts += [table, Text()]
    if part["error"]:
        parts.append(_problem(f"The NumPy network broke down: {one_line(part['error'])}"))
    if part["first_difference"]:
        parts.append(_problem(f"The first difference arises in {one_line(part['first_difference'])}."))
    parts.append(_weights_sentence(part))
    return Group(*parts, _note(f"{SUMS} Tolerance: {part['tolerance_rule']} {part['nudge_rule']}"))


def data_tables(part: Entry, verbose: bool = False) -> RenderableType:
    """Return one line per split: loss and accuracy of both, other classes, differences; then the times."""
    table = Table(**_STYLE, title=f"Data: {one_line(part['title'])}")
    for heading in ("split", "images", "loss\nKeras", "loss\nours", "accuracy\nKeras", "accuracy\nours"):
        table.add_column(heading, justify="left" if heading == "split" else "right", no_wrap=True)
    for heading in ("other\nclass", HEADINGS["largest_difference"], HEADINGS["tolerance"], ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, split in part["splits"].items():
        losses = [_metric(split[side], "loss", "{:.5f}", 1) for side in ("keras", "numpy")]
        accuracies = [_metric(split[side], "accuracy", "{:.2f} %", 100) for side in ("keras", "numpy")]
        differences = [small(split["largest_difference"]), small(split["tolerance"])]
        counts = [f"{split['images']:,}", *losses, *accuracies, str(split["classes_differ"])]
        table.add_row(name, *counts, *differences, _verdict(split))
    notes = [
        "Other class: images whose most probable class differs; largest difference of a probability.",
        f"Tolerance: {part['tolerance_rule']}",
    ]
    ties = sum(split["ties"] for split in part["splits"].values())
    if ties:
        notes.insert(
            0, f"{ties} of the other classes: two classes as probable as each other within tolerance."
        )
    above = [Text(one_line(text)) for text in (_times(part), _published(part), *part["notes"]) if text]
    return Group(table, Text(), *above, _note(" ".join(notes)))


_STYLE: dict[str, Any] = {
    "box": None,
    "padding": (0, 1, 0, 0),
    "pad_edge": False,
    "header_style": "bold",
    "title_style": "bold",
    "title_justify": "left",
}


def _table(title: str, first: str, second: str) -> Table:
    table = Table(**_STYLE, title=title)
    table.add_column(first, overflow="fold")
    table.add_column(second, justify="right", no_wrap=True)
    for heading in (*HEADINGS.values(), ""):
        table.add_column(heading, justify="right", no_wrap=True, vertical="bottom")
    return table


def _figures(entry: Entry) -> list[RenderableType]:
    sums = [total(entry[key]) for key in ("keras_sum", "numpy_sum")]
    small_ones = [small(entry[key]) for key in ("sum_difference", "largest_difference", "tolerance")]
    return [*sums, *small_ones, _verdict(entry)]


def _verdict(entry: Entry) -> Text:
    return Text("equal", style="green") if entry["passed"] else Text("DIFFER", style="bold red")


def _shapes(entry: Entry, skip: int) -> str:
    """The shape without its first `skip` axes; both shapes where they differ."""
    keras, ours = ("x".join(map(str, entry[f"{side}_shape"][skip:])) for side in ("keras", "numpy"))
    return keras if keras == ours else f"{keras}\n/ {ours}"


def _metric(figures: Entry | None, name: str, form: str, factor: float) -> str:
    return "-" if figures is None else form.format(factor * float(figures[name]))


def _layer_problems(part: Entry) -> Iterable[str]:
    for kind in part["kinds"]:
        if kind["error"]:
            yield f"{kind['kind']}: {one_line(kind['error'])}"
        worst = [kind[way] for way in ("forward", "backward") if kind[way] and not kind[way]["passed"]]
        for figures in worst:
            where = f"{figures['worst_array']}, case '{one_line(figures['worst_case'])}'"
            yield f"{kind['kind']}: {len(kind['failed'])} of {kind['cases']} cases differ, the worst in {where}."


def _cases_table(kind: str, cases: Sequence[Entry]) -> RenderableType:
    table = _table(f"\n{kind}", "case, array", "shape")
    for case in cases:
        if case["kind"] == kind:
            table.add_row(Text(f"{one_line(case['case'])} {case['error'] or ''}", style="dim"))
            for array in case["arrays"]:
                name = array["name"].replace("gradient of ", "d ")
                table.add_row(f"  {name}", _shapes(array, skip=0), *_figures(array))
    return table


def _weights_sentence(part: Entry) -> Text:
    keras, ours, counts = part["weights"], part["weights_numpy"], part["weights_by_layer"]
    wrong = [name for name, count in counts.items() if count["keras"] != count["numpy"]]
    if not wrong and keras == ours:
        each = ", ".join(f"{name} {count['keras']:,}" for name, count in counts.items() if count["keras"])
        return Text(f"{keras:,} weights in Keras and in NumPy: {each}.")
    return _problem(f"{keras:,} weights in Keras, {ours:,} in NumPy: not the same in {', '.join(wrong)}.")


def _times(part: Entry) -> str:
    seconds = part["seconds"]
    ratio = seconds["keras"] / seconds["numpy"] if seconds["numpy"] else 0
    return (
        f"{part['images']:,} images took NumPy {seconds['numpy']:.2f} s and Keras (predict) {seconds['keras']:.2f} s, "
        f"{ratio:.1f} times as long."
    )


def _published(part: Entry) -> str:
    """One sentence: the published figures on the same data; empty where there are none."""
    published = part["published"]
    if not published:
        return ""
    figures = []
    for key, value in published.items():
        if key not in ("source", "dataset"):
            values = value if isinstance(value, list) else [value]
            percent = is_percent(key)
            shown = " and ".join(f"{100 * v:.2f}" if percent else f"{v:.4f}" for v in values)
            figures.append(f"{key.replace('_', ' ')} {shown}{' %' if percent else ''}")
    return f"Published ({published['source']}): {', '.join(figures)}."


def _problem(text: str) -> Text:
    return Text(text, style="red")


def _note(text: str) -> Text:
    return Text(text, style="dim")
