"""What a repeat's network looks at, in sentences: relevance within the centre, and likeness to a random network."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from cnnlab.errors import counted
from cnnlab.report.document import Section, Text
from cnnlab.report.explanations import explanations
from cnnlab.runs.explanation import CentralSquare, Explanation, MapFigures
from cnnlab.runs.read import Run
from cnnlab.runs.result import SPLIT_NAMES

ALIKE = 0.5
"""From this rank correlation on, maps are said to look like those of a random network; from its negative, reversed."""


def explanation_texts(run: Run) -> Iterator[Text]:
    """The sentences of every repeat that was explained, and notes on damaged files."""
    notes: list[str] = []
    for repeat, explanation in explanations(run, notes):
        yield from texts_of(explanation, f"repeat {repeat.k}, ")
    yield from (Text("note", note, "warning") for note in notes)


def explanation_section(name: str, explanation: Explanation, files: Sequence[Path]) -> Section:
    """What was found about one repeat, and the files that hold it."""
    title = f"{name}: what repeat {explanation.repeat} looks at"
    return Section(title, texts=tuple(texts_of(explanation)), paths=tuple(files))


def texts_of(explanation: Explanation, before: str = "") -> Iterator[Text]:
    """One sentence for each kind of map, then notes; `before` stands before the images."""
    for figures in explanation.methods:
        yield _text(explanation, figures, before)
    for note in explanation.notes:
        yield Text("", note)


def _images_of(explanation: Explanation) -> str:
    """Which images were explained."""
    split = SPLIT_NAMES.get(explanation.split, explanation.split)
    hits, mistakes = (
        counted(explanation.hits, "surest hit"),
        counted(explanation.mistakes, "surest mistake"),
    )
    return f"{hits} and {mistakes} of the {split} images"


def _text(explanation: Explanation, figures: MapFigures, before: str) -> Text:
    name = f"{figures.method[0].upper()}{figures.method[1:]}"
    parts = [*_share(explanation.center, figures)]
    alike = False
    if figures.correlation is not None:
        parts.append(f"rank correlation with the random network's maps {figures.correlation:.2f}")
        alike = abs(figures.correlation) >= ALIKE
    text = f"{name} ({before}{_images_of(explanation)}): {'; '.join(parts) or 'see the figure'}."
    if alike:
        reversed_ = ", reversed" if (figures.correlation or 0) < 0 else ""
        text += f" The maps look like those of a random network{reversed_}, and say little about what was learned."
    return Text("explained", text, "warning" if alike else "")


def _share(center: CentralSquare | None, figures: MapFigures) -> Iterator[str]:
    if center is None or figures.share is None:
        return
    holds = f" ({center.holds})" if center.holds else ""
    area = "" if center.area is None else f", which is {center.area:.0%} of the area".replace("%", " %")
    share = f"{100 * figures.share:.0f} % of the relevance in the central {center.side}x{center.side}{holds}{area}"
    random = figures.random_share
    yield share if random is None else f"{share}; of a random network {100 * random:.0f} %"
