"""A data set as ``cnnlab data check`` shows it: the answer first, 80 columns."""

from rich.table import Table
from rich.text import Text

from cnnlab.cli.complaints import say
from cnnlab.cli.options import console
from cnnlab.datasets.audit import Audit, ImageOf
from cnnlab.datasets.description import DataDescription
from cnnlab.errors import counted, printable

MOST_CLASSES = 40  # rows of the table
MOST_PAIRS = 8  # of equal and nearly equal images


def show_data(found: DataDescription) -> None:
    """Print what a data set holds: how much, how it was read, classes by split, and what a person should know."""
    screen = console()
    height, width, _ = found.image_shape
    parts = ", ".join(f"{split.images:,} {part}" for part, split in found.splits.items())
    say(f"{counted(len(found.class_names), 'class')}; images {height}x{width} {found.color}: {parts}")
    say(f"in {found.source}")
    if found.reading:
        screen.print(f"Read as: {found.reading}", markup=False)
    say("")
    screen.print(_classes(found))
    if len(found.class_names) > MOST_CLASSES:
        say(f"and {len(found.class_names) - MOST_CLASSES} more classes (all in --json)")
    say("")
    for line in (_values(found), _groups(found), _validation(found), *found.notes):
        if line:
            screen.print(line, markup=False)


def show_audit(audit: Audit) -> None:
    """Print what the audit has found, and the first pairs of images."""
    screen = console()
    say("")
    for text in [finding.text for finding in audit.findings] or ["nothing found."]:
        screen.print(f"Audit: {printable(text)}", markup=False)
    for pair in audit.pairs[:MOST_PAIRS]:
        kind = "equal" if pair.equal else f"nearly equal, {pair.symmetry}"
        screen.print(f"  {_image(pair.first)} and {_image(pair.second)}: {kind}", markup=False)
    if len(audit.pairs) > MOST_PAIRS:
        say("  and more pairs, such as those of --json")


def _image(image: ImageOf) -> str:
    name = f"{image.part} {image.index}" if image.name is None else image.name
    return printable(f"{name} ({'label hidden' if image.label is None else image.label})")


def _classes(found: DataDescription) -> Table:
    """A row for each class: its number, its name, its images in each split."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("class", justify="right")
    table.add_column("name", overflow="fold")
    for part in found.splits:
        table.add_column(part, justify="right")
    for number, name in enumerate(found.class_names[:MOST_CLASSES]):
        mark = " (positive)" if name == found.positive_class else ""
        counts = [split.by_class for split in found.splits.values()]
        cells = ["hidden" if each is None else f"{each[number]:,}" for each in counts]
        table.add_row(str(number), Text(printable(name) + mark), *cells)
    return table


def _values(found: DataDescription) -> str:
    lowest = min(split.lowest for split in found.splits.values())
    highest = max(split.highest for split in found.splits.values())
    return f"Pixel values from {lowest} to {highest}."


def _groups(found: DataDescription) -> str:
    known = {part: split.groups for part, split in found.splits.items() if split.groups is not None}
    texts = [f"{counted(count, 'group')} in {part}" for part, count in known.items()]
    return f"{', '.join(texts)}: no drawn split divides one." if texts else ""


def _validation(found: DataDescription) -> str:
    if "validation" in found.splits:
        return ""
    return "No validation images of its own: they are drawn from the training images, for each repeat anew."
