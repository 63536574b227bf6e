"""The tables of a comparison: what differs in the configs, and every metric of every side."""

from cnnlab.report.comparison import Comparison
from cnnlab.report.formats.result_tables import SD_NOTE, short_p
from cnnlab.report.formats.table import Cell, Column, Table, make_table
from cnnlab.report.numbers import decimals_of, metric_label, one_line, show, show_interval
from cnnlab.report.words import show_difference

TEST_NOTE = "p of the paired t-test where repeats share their seeds and data, else of Welch's test"


def changes_table(comparison: Comparison) -> Table:
    """One row per config key, block or augmentation in which the sides differ."""
    columns = [Column("config key", "left"), *(Column(label, "left") for label in comparison.labels)]
    rows = [
        [one_line(key), *("-" if value is None else one_line(value) for value in values)]
        for key, values in comparison.changes.items()
    ]
    return make_table("comparison_config", "What differs in the configs", columns, rows)


def metrics_table(comparison: Comparison) -> Table:
    """One row per metric and side, with the difference from the reference and its test."""
    many = len(comparison.sides) > 2
    columns = [Column("metric", "left"), Column("config", "left"), Column("n")]
    columns += [Column("mean"), Column("sd"), Column("95 % interval", "center"), Column("difference")]
    columns += [Column("test", "left"), Column("p"), *([Column("p (Holm)")] if many else [])]
    columns += [Column("effect size"), Column("detectable")]
    rows: list[list[Cell | str]] = []
    bold: list[int] = []
    for split, metric in comparison.metrics:
        for side in range(len(comparison.sides)):
            if (split, metric) == comparison.headline:
                bold.append(len(rows))
            rows.append(_row(comparison, side, split, metric, many))
    note = (
        f"{SD_NOTE} Differences are from {comparison.labels[0]}; {TEST_NOTE}. Effect size: Cohen's d_z of pairs, else "
        "Hedges' g. Detectable: the true difference that 80 of 100 such comparisons would find."
    )
    data = dict.fromkeys(one_line(side.run.data_title) for side in comparison.sides)
    caption = f"Configs side by side, on {' and '.join(data)}"
    return make_table("comparison", caption, columns, rows, bold=bold, note=note)


def _row(comparison: Comparison, side: int, split: str, metric: str, many: bool) -> list[Cell | str]:
    row = comparison.row(side, split, metric)
    head = [f"{split} {one_line(metric_label(metric))}", comparison.labels[side]]
    if row is None:
        return [*head, Cell("0", 0.0), *[""] * (9 if many else 8)]
    summary = row.summary
    decimals = decimals_of(metric, summary.sd)
    return [
        *head,
        Cell(f"{summary.n}{'*' if summary.left_out else ''}", float(summary.n)),
        Cell(show(metric, summary.mean, decimals) or "-", summary.mean),
        Cell("0" if summary.sd == 0 else show(metric, summary.sd, decimals) or "-", summary.sd),
        Cell(show_interval(metric, summary.ci95, decimals) or "-", (summary.ci95 or [None])[0]),
        *_contrast(comparison, side, split, metric, many),
    ]


def _contrast(comparison: Comparison, side: int, split: str, metric: str, many: bool) -> list[Cell | str]:
    contrast = comparison.contrast(side, split, metric)
    if contrast is None:
        return [""] * (6 if many else 5)
    difference = Cell(show_difference(contrast), contrast.difference)
    test = contrast.test
    if test is None:
        return [difference, "none", *[""] * (4 if many else 3)]
    decimals = decimals_of(metric, (test.ci95[1] - test.ci95[0]) / 4)
    effect = Cell("") if test.effect_size is None else Cell(f"{test.effect_size:.2g}", test.effect_size)
    adjusted = contrast.p_adjusted
    holm = [Cell("") if adjusted is None else Cell(short_p(adjusted), adjusted)] if many else []
    return [
        difference,
        "Welch" if contrast.paired is None else f"paired, {len(contrast.paired.differences)}",
        Cell(short_p(test.p), test.p),
        *holm,
        effect,
        Cell(show(metric, test.detectable, decimals), test.detectable),
    ]
