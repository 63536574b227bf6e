"""Runs side by side as a section: every metric of every side, what differs in the configs, and the tests in words."""

from dataclasses import asdict

from cnnlab.report.builders.result_tables import MEASURES
from cnnlab.report.cells import (
    EMPTY,
    SD_NOTE,
    difference_cell,
    difference_decimals,
    figure,
    group_interval_cell,
    number,
    p_cell,
    summary_cells,
)
from cnnlab.report.comparison import Comparison, Contrast
from cnnlab.report.document import Cell, Cells, Column, Section, Table, Text, Where, make_table
from cnnlab.report.figures.catalog import comparison_figures
from cnnlab.report.numbers import metric_label
from cnnlab.report.sentences import contrast_sentence
from cnnlab.report.titles import positive_note

MOST_KEYS = 20  # config keys on a screen
TEST_NOTE = (
    "p of the paired t-test where repeats share their seeds and data, else of Welch's test, not adjusted"
)


def comparison_section(comparison: Comparison) -> Section:
    """The section of runs, or pools of runs, side by side."""
    changes = [changes_table(comparison)] if comparison.changes else []
    return Section(
        title="Side by side",
        key="comparison",
        data_title=data_of(comparison),
        state=f"the reference is {comparison.labels[0]}",
        tables=(metrics_table(comparison), *changes),
        texts=tuple(comparison_texts(comparison)),
        make_figures=lambda: comparison_figures(comparison),
        data={
            "labels": comparison.labels,
            "reference": comparison.labels[0],
            "positive_class": [side.run.positive_class for side in comparison.sides],
            "changes": comparison.changes,
            "notes": comparison.notes,
        },
    )


def comparison_texts(comparison: Comparison) -> list[Text]:
    """The headline metric's tests, one text for each side beside the reference, and the notes."""
    contrasts = comparison.headline_contrasts
    texts = [Text("difference", contrast_sentence(comparison, contrast)) for contrast in contrasts]
    return texts + [Text("note", note, "warning") for note in comparison.notes]


def changes_table(comparison: Comparison) -> Table:
    """One row per config key, block or augmentation in which the sides differ."""
    columns = [Column("config key", "left", key=True)]
    columns += [Column(label, "left", name=label) for label in comparison.labels]
    rows: list[Cells] = [
        [key, *(Cell("-" if value is None else str(value), value) for value in values)]
        for key, values in comparison.changes.items()
    ]
    where, first = Where.PEOPLE, tuple(range(min(MOST_KEYS, len(rows))))
    caption = "What differs in the configs"
    return make_table("comparison_config", caption, columns, rows, where=where, screen_rows=first)


def metrics_table(comparison: Comparison) -> Table:
    """One row per metric and side, with the difference from the reference and its test."""
    holm = Where.FILES if len(comparison.sides) > 2 else Where.DATA
    by_groups = Where.FILES if any(each.by_groups for each in comparison.contrasts) else Where(0)
    columns = [
        Column("metric", "left", Where.PEOPLE, key=True, group=True),
        Column("split", where=Where.DATA),
        Column("metric", where=Where.DATA),
        Column("config", "left", name="label", key=True),
        Column("data", where=Where.DATA),
        *MEASURES,
        Column("difference", short="diff."),
        Column("test", "left", Where.PAGE),
        Column("p", where=Where.PEOPLE),
        Column("p (Holm)", where=holm, name="p_adjusted"),
        Column("by groups", "center", by_groups, name="groups_ci95"),
        Column("p by groups", where=by_groups, name="groups_p"),
        Column("effect size", where=Where.PAGE),
        Column("detectable", where=Where.PAGE),
        Column("test", where=Where.DATA),
        Column("paired", where=Where.DATA),
        Column("in words", where=Where.JSON),
    ]
    keys = [(*key, side) for key in comparison.metrics for side in range(len(comparison.sides))]
    note = (
        f"{SD_NOTE} Differences are from {comparison.labels[0]}; {TEST_NOTE}. Effect size: Cohen's d_z of pairs, else "
        "Hedges' g. Detectable: the true difference that 80 of 100 such comparisons would find; none where no possible "
        "one is so large."
    )
    if by_groups:
        note += (
            " By groups: 95 % interval of the difference, and its p, by resampling whole groups of images."
        )
    positive = positive_note(*(side.run for side in comparison.sides))
    return make_table(
        "comparison",
        f"Configs side by side, on {data_of(comparison)}",
        columns,
        [_row(comparison, side, split, metric) for split, metric, side in keys],
        bold=[n for n, (split, metric, _) in enumerate(keys) if (split, metric) == comparison.headline],
        note=f"{note} {positive}".strip(),
        data_name="contrasts",
    )


def data_of(comparison: Comparison) -> str:
    """What the sides were trained on."""
    return " and ".join(dict.fromkeys(side.run.data.name for side in comparison.sides))


def _row(comparison: Comparison, side: int, split: str, metric: str) -> Cells:
    row = comparison.row(side, split, metric)
    contrast = comparison.contrast(side, split, metric)
    return [
        f"{split} {metric_label(metric)}",
        split,
        metric,
        comparison.labels[side],
        comparison.sides[side].run.data.name,
        *summary_cells(metric, None if row is None else row.summary),
        *([EMPTY] * 8 if contrast is None else _shown(contrast)),
        *([Cell("", {}), Cell("", {}), EMPTY] if contrast is None else _data(comparison, contrast)),
    ]


def _shown(contrast: Contrast) -> Cells:
    """Difference, test, p, adjusted p, interval and p by groups, effect size and detectable difference."""
    test, metric, found = contrast.test, contrast.metric, contrast.by_groups
    by_groups = [EMPTY, EMPTY] if found is None else [group_interval_cell(metric, found), p_cell(found.p)]
    decimals = difference_decimals(metric, test)
    difference = difference_cell(metric, contrast.difference, decimals)
    if test is None:
        return [difference, "none", EMPTY, EMPTY, *by_groups, EMPTY, EMPTY]
    return [
        difference,
        "Welch" if contrast.paired is None else f"paired, {len(contrast.paired.differences)}",
        p_cell(test.p),
        p_cell(contrast.p_adjusted),
        *by_groups,
        EMPTY if test.effect_size is None else number(test.effect_size, ".2g"),
        figure(metric, test.detectable, decimals),
    ]


def _data(comparison: Comparison, contrast: Contrast) -> list[Cell]:
    test, pairs = ({} if one is None else asdict(one) for one in (contrast.test, contrast.paired))
    pairs.pop("test", None)  # it stands in a column of its own
    return [Cell("", test), Cell("", pairs), Cell("", contrast_sentence(comparison, contrast))]
