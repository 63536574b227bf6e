"""An evaluation as a rich renderable that reads well at 80 columns."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cnnlab.errors import counted
from cnnlab.positive_class import positive_sentence
from cnnlab.predict.evaluation import RunEvaluation
from cnnlab.predict.export import summaries
from cnnlab.report.numbers import listed, mean_sd, metric_label, one_line, show
from cnnlab.runs.summary import SPLIT_NAMES


def evaluation_table(evaluation: RunEvaluation) -> RenderableType:
    """Return heading, one line for each figure, and notes."""
    views = "" if evaluation.views == 1 else f", the mean of {evaluation.views} views ({evaluation.tta})"
    heading = (
        f"{evaluation.name}: {counted(evaluation.images, f'{SPLIT_NAMES[evaluation.split]} image')} of "
        f"{one_line(evaluation.data.title)}{views}"
    )
    parts: list[RenderableType] = [Text(heading, style="bold"), Text(), _figures(evaluation), Text()]
    parts += [Text(one_line(line), style=style) for line, style in _notes(evaluation)]
    return Group(*parts)


def _figures(evaluation: RunEvaluation) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("metric", overflow="fold")
    single, ensemble = len(evaluation.repeats) == 1, evaluation.ensemble
    if single:
        table.add_column(f"repeat {evaluation.repeats[0].repeats[0]}", justify="right")
    elif evaluation.repeats:
        for name in ("mean", "sd"):
            table.add_column(name, justify="right", no_wrap=True)
    if ensemble is not None:
        table.add_column("ensemble", justify="right", no_wrap=True)
    if len(evaluation.repeats) > 1:
        table.add_column(f"repeats {listed([one.repeats[0] for one in evaluation.repeats])}")
    together = ensemble.figures if ensemble is not None else {}
    summary = summaries(evaluation)
    for name in dict.fromkeys([*summary, *together]):
        spread = summary.get(name)
        cells = [metric_label(name)]
        if spread is not None:
            mean, sd = mean_sd(name, spread.mean, spread.sd)
            cells += [mean or "-"] if single else [mean or "-", sd or "-"]
        if ensemble is not None:
            cells.append(show(name, together.get(name), None) or "-")
        if spread is not None and not single:
            cells.append("  ".join(show(name, value, None) or "-" for value in spread.values))
        table.add_row(*map(Text, cells))
    return table


def _notes(evaluation: RunEvaluation) -> list[tuple[str, str]]:
    found = []
    if evaluation.positive_class is not None:
        found.append((f"positive class: {positive_sentence(evaluation.positive_class)}", "dim"))
    if len(evaluation.repeats) > 1:
        found.append(("sd is the sample standard deviation (n - 1).", "dim"))
    if evaluation.ensemble is not None:
        number = counted(len(evaluation.ensemble.repeats), "repeat")
        found.append((f"ensemble: the mean of the probabilities of {number}.", "dim"))
    measured = [*evaluation.repeats, *([evaluation.ensemble] if evaluation.ensemble else [])]
    values = [f"{one.threshold.value:.3f}" for one in measured if one.threshold is not None]
    if values and evaluation.split != "train":
        chosen = "the largest sensitivity + specificity on validation"
        chosen += ": figures at them flatter here" if evaluation.split == "validation" else ""
        found.append((f"thresholds: {', '.join(values)} ({chosen}).", "dim"))
    return found + [(note, "yellow") for note in evaluation.notes]
