"""Signals are noted, not acted upon, while work is under way."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cnnlab.cli.signals import stop_on_sigterm
from cnnlab.executors.interrupts import SIGNALS, kept_from_children, noted_interrupts


@pytest.fixture(autouse=True)
def _handlers() -> object:
    """Put the signals' handlers back."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def readable(descriptor: int) -> bool:
    """Whether there is something to read."""
    return bool(select.select([descriptor], [], [], 0)[0])


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_shows_at_the_descriptor_and_nowhere_else(number: signal.Signals, tmp_path: Path) -> None:
    """It raises nothing, and later ones are ignored while the state is being saved."""
    stop_on_sigterm()
    with noted_interrupts() as interrupted:
        assert not readable(interrupted)
        os.kill(os.getpid(), number)
        (tmp_path / "written").write_text("in peace")
        assert readable(interrupted)
    os.kill(os.getpid(), number)


def test_without_a_signal_all_is_as_before() -> None:
    """Ctrl-C raises KeyboardInterrupt again."""
    with noted_interrupts():
        pass
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_what_is_ignored_or_left_to_the_system_stays_so() -> None:
    """As under nohup, and in programs that did not ask for it."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with noted_interrupts() as interrupted:
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        os.kill(os.getpid(), signal.SIGHUP)
        assert not readable(interrupted)


def test_a_process_gets_no_interrupt_of_the_terminal_from_its_first_moment_on() -> None:
    """Before it could ignore the signal by itself."""
    sleeper = [
        sys.executable,
        "-c",
        "import time; print('here', flush=True); time.sleep(0.3); print('still here')",
    ]
    with kept_from_children():
        child = subprocess.Popen(sleeper, stdout=subprocess.PIPE, text=True)
    child.send_signal(signal.SIGINT)
    assert child.stdout is not None and child.stdout.readline() == "here\n"
    child.send_signal(signal.SIGINT)
    assert child.communicate()[0] == "still here\n"
    assert child.returncode == 0
