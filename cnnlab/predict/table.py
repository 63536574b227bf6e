"""An evaluation as a section of a report."""

from collections.abc import Iterator

from cnnlab.errors import counted
from cnnlab.positive_class import positive_sentence
from cnnlab.predict.evaluation import RunEvaluation
from cnnlab.predict.export import summaries
from cnnlab.report.cells import figure, summary_cells
from cnnlab.report.document import Cell, Column, Section, Table, Text, make_table
from cnnlab.report.numbers import metric_label

NONE = Cell("")


def evaluation_section(evaluation: RunEvaluation) -> Section:
    """Heading, one row for each figure, and notes."""
    views = "" if evaluation.views == 1 else f", the mean of {evaluation.views} views ({evaluation.tta})"
    images, data = counted(evaluation.images, evaluation.noun), evaluation.data
    return Section(
        f"{evaluation.name}: {images} of {data.outside or data.title}{views}",
        tables=(_figures(evaluation),),
        texts=tuple(_texts(evaluation)),
    )


def _figures(evaluation: RunEvaluation) -> Table:
    """The figures of the repeats, their mean and sd where there are several, and those of the ensemble."""
    summary, ensemble, several = summaries(evaluation), evaluation.ensemble, len(evaluation.repeats) > 1
    columns = [Column("metric", "left", key=True)]
    columns += [Column("mean"), Column("sd")] if several else []
    columns += [Column("ensemble")] if ensemble is not None else []
    columns += [Column(f"repeat {one.repeats[0]}") for one in evaluation.repeats]
    rows = []
    for name in dict.fromkeys([*summary, *(ensemble.figures if ensemble is not None else ())]):
        cells = [Cell(metric_label(name), name)]
        if several:
            cells += summary_cells(name, summary[name])[1:3] if name in summary else [NONE, NONE]
        if ensemble is not None:
            cells.append(figure(name, ensemble.figures.get(name), None))
        values = summary[name].values if name in summary else [None] * len(evaluation.repeats)
        rows.append([*cells, *(figure(name, value, None) for value in values)])
    return make_table("figures", "Figures", columns, rows)


def _texts(evaluation: RunEvaluation) -> Iterator[Text]:
    if evaluation.positive_class is not None:
        yield Text("positive", positive_sentence(evaluation.positive_class))
    if len(evaluation.repeats) > 1:
        yield Text("sd", "the sample standard deviation (n - 1).")
    if evaluation.ensemble is not None:
        number = counted(len(evaluation.ensemble.repeats), "repeat")
        yield Text("ensemble", f"the mean of the probabilities of {number}.")
    measured = [*evaluation.repeats, *([evaluation.ensemble] if evaluation.ensemble else [])]
    values = [f"{one.threshold.value:.3f}" for one in measured if one.threshold is not None]
    own = evaluation.split if evaluation.data.outside is None else ""
    if values and own != "train":
        chosen = "the largest sensitivity + specificity on validation"
        chosen += ": figures at them flatter here" if own == "validation" else ""
        yield Text("threshold", f"{', '.join(values)} ({chosen}).")
    for note in evaluation.notes:
        yield Text("note", note, "warning")
