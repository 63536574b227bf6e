"""Standard streams that are closed, full, or whose reader has gone; each in a shell of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import environment

OPEN_A_FILE = """
from cnnlab.streams import lasting_streams
with lasting_streams() as refused:
    import sys
    with open("file", "w") as file:
        print("to stdout")
        print("to stderr", file=sys.stderr)
        print(file.fileno() > 2, repr(sys.stdin.read()), file=file)
sys.exit(len(refused))
"""
PRINT_MUCH = """
from cnnlab.streams import lasting_streams
with lasting_streams() as refused:
    import sys
    for number in range(20_000):
        print(number)
        print(number, file=sys.stderr)
    open("file", "w").write("the end")
sys.exit(refused[0].errno if refused else 0)
"""
CLOSED = [" ".join(each) for each in [(">&-",), ("2>&-",), ("<&-",), (">&-", "2>&-"), (">&-", "2>&-", "<&-")]]


def shell(command: str, cwd: Path, program: str) -> int:
    """The exit code of a command of bash, in which $PYTHON is the program."""
    variables = environment(PROGRAM=program, PYTHON=sys.executable)
    done = subprocess.run(["bash", "-c", command], cwd=cwd, env=variables, stdin=subprocess.DEVNULL)
    return done.returncode


@pytest.mark.parametrize("closed", CLOSED)
def test_no_file_gets_the_number_of_a_closed_stream(closed: str, tmp_path: Path) -> None:
    """And all three streams are there: nothing can be read, what is printed goes nowhere."""
    assert shell(f'"$PYTHON" -c "$PROGRAM" {closed}', tmp_path, OPEN_A_FILE) == 0
    assert (tmp_path / "file").read_text() == "True ''\n"


@pytest.mark.parametrize("unbuffered", ["", "-u"])
@pytest.mark.parametrize("pipe", ["2>/dev/null", "2>&1", "2>&1 >/dev/null"])
def test_a_reader_that_has_gone_stops_nothing(pipe: str, unbuffered: str, tmp_path: Path) -> None:
    """The program goes on to its end, and nothing has been refused."""
    command = f'"$PYTHON" {unbuffered} -c "$PROGRAM" {pipe} | head -1 >first; exit ${{PIPESTATUS[0]}}'
    assert shell(command, tmp_path, PRINT_MUCH) == 0
    assert (tmp_path / "file").read_text() == "the end"
    assert (tmp_path / "first").read_text() == "0\n"


def test_a_full_disk_is_remembered_for_standard_output_alone(tmp_path: Path) -> None:
    """Errors that nobody can read are no errors of the command."""
    for place, code in (("2>/dev/full >/dev/null", 0), (">/dev/full 2>/dev/null", 28)):
        assert shell(f'"$PYTHON" -c "$PROGRAM" {place}', tmp_path, PRINT_MUCH) == code
        assert (tmp_path / "file").read_text() == "the end"


def test_a_pipe_that_does_not_wait_gets_everything(tmp_path: Path) -> None:
    """Some programs leave their terminal, or pipe, in that mode."""
    slow = "import os, time; os.set_blocking(1, False); time.sleep(0)\n"
    command = '"$PYTHON" -c "$PROGRAM" 2>/dev/null | (sleep 0.3; wc -l >lines); exit ${PIPESTATUS[0]}'
    assert shell(command, tmp_path, slow + PRINT_MUCH) == 0
    assert (tmp_path / "lines").read_text().strip() == "20000"
