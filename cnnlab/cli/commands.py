"""The commands by name, each imported when it is called or when its help is asked for."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from cnnlab.errors import Interrupted

COMMANDS = {  # the one-liner is the first line of the command's docstring; a test compares them
    "train": "Train all repeats of a config, and write a run folder.",
    "evaluate": "Measure a finished run once more, on any split or on other images.",
    "predict": "Predict classes with a finished run's networks, as CSV.",
    "explain": "Map what a network's surest hits and mistakes rest on.",
    "compare": "Train one config on several backends, and show what differs.",
    "verify": "Show that the CNN written in NumPy computes the same as Keras.",
    "judge": "Judge somebody's own cnn.py: what is right, and what is wrong.",
    "report": "Print the results of runs beside the published values.",
    "runs": "List, show, compare, export and remove runs.",
    "model": "Show a config's network: layers, output shapes and weights.",
    "preview": "Show what a config's augmentation does to training images.",
    "blocks": "List what a config may name: blocks, metrics and so on.",
    "datasets": "List the data sets, and where each is found on this machine.",
    "data": "Fetch data sets, and check those that are here.",
    "config": "Check configs, copy shipped ones, print the schema.",
    "doctor": "Report what this machine has, and what might go wrong.",
}


class Command(TyperCommand):
    """A command whose help lists arguments by their names alone, without Python types."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, and below them the options."""
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            params = [param for param in self.get_params(ctx) if param.param_type_name == kind]
            rows = [row for row in (param.get_help_record(ctx) for param in params) if row is not None]
            if kind == "argument":
                rows = [(name.partition(" ")[0], text) for name, text in rows]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class Commands(TyperGroup):
    """A group whose help shows every command's one-liner whole."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """List the commands; what is in `commands` is enough for that."""
        with formatter.section("Commands"):
            formatter.write_dl([(n, command.get_short_help_str(200)) for n, command in self.commands.items()])


class LazyCommands(Commands):
    """The group of all `COMMANDS`: NAME is the function NAME, or the Typer `app`, of cnnlab/cli/NAME.py."""

    def __init__(self, **settings: Any) -> None:
        """Know every command by name and one-liner."""
        super().__init__(**settings)
        self.commands = {name: Command(name=name, help=line) for name, line in COMMANDS.items()}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import a command; None for an unknown one."""
        return load(cmd_name) if cmd_name in COMMANDS else None

    def invoke(self, ctx: Any) -> Any:
        """Run the command; Ctrl-C where it had nothing to save is an error of ours, else Typer ends in silence."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted("interrupted.") from None


def new_app(cls: type[TyperGroup] = Commands, **settings: Any) -> typer.Typer:
    """An empty Typer app, with plain help that fits into 80 columns."""
    return typer.Typer(cls=cls, no_args_is_help=True, add_completion=False, rich_markup_mode=None, **settings)


def load(name: str) -> Any:
    """Import the command called `name`."""
    module = import_module(f"cnnlab.cli.{name}")
    app: typer.Typer | None = getattr(module, "app", None)
    if app is None:
        app = new_app()
        app.command(name)(getattr(module, name))
    for command in app.registered_commands:
        command.cls = Command
    return get_command(app)
