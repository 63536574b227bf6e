"""What a baseline without a network reaches on the same images, and whether the networks are better."""

from collections.abc import Iterator

from cnnlab.report.collect import RunReport
from cnnlab.report.document import Text
from cnnlab.report.numbers import decimals_of, mean_sd, show_p
from cnnlab.report.sentences import with_unit
from cnnlab.report.statistics import paired
from cnnlab.runs.measures import is_percent
from cnnlab.runs.result import SPLIT_NAMES
from cnnlab.runs.summary import Summary, baseline_summaries, summaries_of

WHAT = "A logistic regression on statistics of colour and texture, trained on the same images"
DOUBT = "What they have learned may be colour and texture alone."
DECIDING = ("auc", "accuracy")
"""The metrics by which networks and baseline are compared: the first that there is."""


def baseline_texts(report: RunReport) -> Iterator[Text]:
    """The baseline on the split that matters most, and how far the networks are above it: if not, a warning."""
    baselines, split = baseline_summaries(report.run), (report.headline or ("", ""))[0]
    shown = {metric: baselines[split, metric] for metric in DECIDING if (split, metric) in baselines}
    networks = summaries_of(report.run)
    for metric, baseline in [(metric, shown[metric]) for metric in shown if (split, metric) in networks][:1]:
        figures = ", ".join(_figure(name, summary) for name, summary in shown.items())
        compared, doubt = _compared(metric, networks[split, metric], baseline)
        text = f"{WHAT}: {figures} on {SPLIT_NAMES[split]}. {compared}"
        yield Text("baseline", f"{text} {DOUBT}" if doubt else text, "warning" if doubt else "")


def _figure(metric: str, summary: Summary) -> str:
    mean, sd = mean_sd(metric, summary.mean, summary.sd)
    unit = " %" if is_percent(metric) and mean else ""
    return f"{metric} {mean or 'undefined'}{unit}{f' (sd {sd})' if sd else ''}"


def _compared(metric: str, networks: Summary, baseline: Summary) -> tuple[str, bool]:
    """How far the networks are from the baseline, in a sentence, and whether that is no more than chance."""
    if networks.mean is None or baseline.mean is None:
        return "The difference is undefined.", False
    difference, found = networks.mean - baseline.mean, paired(networks.values, baseline.values, metric)
    test = None if found is None else found.test
    apart = with_unit(metric, difference, decimals_of(metric, None if found is None else found.sd))
    text = f"The {'networks' if networks.n > 1 else 'network'}: {apart} in {metric}"
    if test is not None:
        text += f", {show_p(test.p)}" + (", which chance explains" if test.chance_explains_it else "")
    return f"{text}.", difference <= 0 or (test is not None and test.chance_explains_it)
