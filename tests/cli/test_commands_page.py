"""docs/commands.md says what the commands say."""

import runpy

from tests.conftest import REPOSITORY


def test_the_page_of_commands_is_up_to_date() -> None:
    """Made again, it is the same: else run python docs/make_commands.py."""
    made = runpy.run_path(str(REPOSITORY / "docs/make_commands.py"))["document"]()
    assert made == (REPOSITORY / "docs/commands.md").read_text(encoding="utf-8")
