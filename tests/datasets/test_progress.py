"""How far a download has come."""

from cnnlab.datasets.progress import progress


def test_without_a_terminal_large_files_get_a_line_now_and_then(capfd):
    with progress("Fetching", "a.bin", 100_000_000) as show:
        for done in range(0, 100_000_001, 1_000_000):
            show(done)
    lines = capfd.readouterr().err.splitlines()
    assert lines == [f"Fetching a.bin: {10 * k} %" for k in range(1, 11)]


def test_small_files_and_those_of_unknown_size_get_none(capfd):
    for total in (1000, None):
        with progress("Fetching", "a.bin", total) as show:
            show(1000)
    assert capfd.readouterr().err == ""
