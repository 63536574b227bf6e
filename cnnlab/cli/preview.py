"""``cnnlab preview``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cnnlab.cli.options import Bundled, ConfigFile, DataDir, Json, Overrides, console, print_json
from cnnlab.config.load import Options, load_config
from cnnlab.datasets import data_places, load_dataset
from cnnlab.errors import ConfigError
from cnnlab.report.figures.preview import write_preview
from cnnlab.training.preview import make_preview

Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="The picture, PNG, PDF or SVG. Default: NAME_augmentation.png."
    ),
]


def preview(
    config: ConfigFile,
    output: Output = None,
    overrides: Overrides = None,
    bundled: Bundled = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show what a config's augmentation does to training images.

    Example: cnnlab preview --config configs/pcam/lab2025_resnet.yaml --bundled

    Each augmentation is shown alone, and all together. The picture has originals above their augmented
    versions, with histograms of the values. The table is the check that `cnnlab train` makes: where that
    would refuse the augmentation, the exit code is 2 here, too.
    """
    loaded = load_config(config, Options(bundled=bundled, overrides=tuple(overrides or ())))
    if not loaded.augment:
        raise ConfigError(f"{config}: there is nothing to preview: it has no augmentation (key 'augment').")
    path = output or Path(f"{_file_name(loaded.name)}_augmentation.png")
    if path.suffix not in {".png", ".pdf", ".svg"} or not path.parent.is_dir():
        raise ConfigError(
            f"--output expects a .png, .pdf or .svg file in a folder that exists, got '{path}'."
        )
    item = loaded.data.dataset
    data = load_dataset(item.name, item.parameters, data_places(data_dir))
    made = make_preview(loaded, data)
    subtitle = f"training images of repeat 0 · {data.title} · outline: values of the originals"
    write_preview(path, made.originals, made.rows, loaded.data.scale, loaded.name, subtitle)
    _show(made.effects, loaded.data.scale, path)
    if as_json:
        print_json(
            {
                "output": str(path.resolve()),
                "effects": [effect.plain() for effect in made.effects],
                "warnings": list(made.warnings),
            }
        )
    if made.warnings and loaded.augmentation_check == "error":
        raise ConfigError(f"{made.warnings[0]}.")


def _show(effects: Any, scale: tuple[float, float], path: Path) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("augmentation", overflow="fold")
    for heading in ("values before", "values after", "spread kept"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for effect in effects:
        table.add_row(
            escape(effect.name.removeprefix("augment.")),
            f"{effect.before[0]:z.3g} to {effect.before[1]:z.3g}",
            f"{effect.after[0]:z.3g} to {effect.after[1]:z.3g}",
            f"{100 * effect.spread:.0f} %",
            "ok" if effect.problem is None else "[red]spoils[/red]",
        )
    out = console()
    out.print(table)
    out.print(f"\nThe data's range is {scale[0]:zg} to {scale[1]:zg}.", markup=False)
    out.print(f"Wrote {path}", soft_wrap=True, markup=False)


def _file_name(name: str) -> str:
    """A config's name as a part of a file's."""
    return "".join(c if c.isalnum() or c in "-_." else "-" for c in name)
