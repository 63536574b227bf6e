"""Helpers that assert show what they saw, as tests do."""

import importlib
import re
import signal
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY, TESTS, heed_signals
from tests.training import devices

HELPERS = [
    ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
    for path in sorted(TESTS.rglob("[a-z]*.py"))
    if not path.name.startswith("test_") and re.search(r"^ +assert ", path.read_text(), re.MULTILINE)
]


@pytest.mark.parametrize("name", HELPERS)
def test_the_assertions_of_a_helper_are_rewritten(name: str) -> None:
    assert type(importlib.import_module(name).__loader__).__name__ == "AssertionRewritingHook"


def test_a_helper_that_fails_shows_both_values(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(devices, "trained", lambda *words: {"device": "1 x GPU"})
    with pytest.raises(AssertionError, match=r"'1 x GPU'.* == \('CPU', '2 x CPU'\)"):
        devices.require_one_curve("tensorflow", tmp_path)


def test_an_ignored_signal_is_heeded_again() -> None:
    """As after a training that was interrupted in this process."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        heed_signals()
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)
