"""What commands share: how they print."""

import pytest

from cnnlab.cli.options import console


def test_names_of_files_in_printed_text_are_harmless_to_a_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console().print("Resuming runs/\u202enur\x07\r:\nthe [bold]second[/bold] line")
    assert capsys.readouterr().out == "Resuming runs/\ufffdnur\ufffd :\nthe second line\n"
