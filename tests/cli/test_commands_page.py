"""docs/commands.md says what the commands say."""

import runpy

import pytest
import typer

from cnnlab.cli.app import app
from tests.conftest import REPOSITORY


@pytest.mark.heavy
def test_the_page_of_commands_is_up_to_date() -> None:
    """Made again, it is the same: else run python docs/make_commands.py."""
    made = runpy.run_path(str(REPOSITORY / "docs/make_commands.py"))["document"]()
    assert made == (REPOSITORY / "docs/commands.md").read_text(encoding="utf-8")


def test_paragraphs_of_help_are_wrapped_by_the_terminal_alone() -> None:
    """A line break of a docstring would stand in the middle of a terminal's line."""

    def helps(commands: typer.Typer) -> list[str]:
        found = [command.help or "" for command in commands.registered_commands]
        for group in commands.registered_groups:
            assert group.typer_instance is not None
            found += helps(group.typer_instance)
        return found

    texts = helps(app)
    assert len(texts) > 15
    assert [text for text in texts if not text or "\n" in text.replace("\n\n", "")] == []
