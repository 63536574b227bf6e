"""What is known of a process: whether it runs, and its memory."""

import os
import subprocess
import sys
from pathlib import Path

import psutil

from cnnlab.runs.process import is_alive, memory_in_use, peak_memory, process_stamp

NEVER = 1 << 22  # above every number that Linux gives


def test_this_process_lives_and_another_start_of_its_number_does_not() -> None:
    pid = os.getpid()
    stamp = process_stamp(pid)
    assert stamp is not None and stamp == process_stamp(pid)
    assert is_alive(pid, stamp)
    assert is_alive(pid, None)
    assert not is_alive(pid, "1")


def test_the_stamp_does_not_change_when_the_clock_is_set(tmp_path: Path) -> None:
    """The kernel then changes the time of boot, and with it the time at which every process seems to have started."""
    before, boot = process_stamp(os.getpid()), psutil.boot_time()
    stat = "".join(
        f"btime {int(line.split()[1]) + 3600}\n" if line.startswith("btime") else line
        for line in Path("/proc/stat").read_text().splitlines(keepends=True)
    )
    (tmp_path / "stat").write_text(stat)
    (tmp_path / str(os.getpid())).symlink_to(f"/proc/{os.getpid()}")
    psutil.PROCFS_PATH = str(tmp_path)
    try:
        assert psutil.boot_time() == boot + 3600
        assert process_stamp(os.getpid()) == before
    finally:
        psutil.PROCFS_PATH = "/proc"


def test_processes_that_cannot_be_have_ended() -> None:
    for pid in (NEVER, -1, 1 << 40, 1 << 80):
        assert not is_alive(pid, None)
        assert process_stamp(pid) is None
    assert memory_in_use(NEVER) == 0


def test_a_process_that_has_ended_does_not_live_even_before_it_was_waited_for() -> None:
    program = [sys.executable, "-c", "print(flush=True); input()"]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    stamp = process_stamp(process.pid)
    assert is_alive(process.pid, stamp)
    assert memory_in_use(process.pid) > 1e6
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not is_alive(process.pid, stamp)
    process.communicate()
    assert not is_alive(process.pid, stamp)


def test_the_peak_is_at_least_what_is_in_use() -> None:
    taken = bytearray(50_000_000)
    assert peak_memory() >= memory_in_use(os.getpid()) * 0.9 > len(taken)


def test_the_peak_of_memory_is_in_bytes() -> None:
    assert 10_000_000 < peak_memory() < 1e12
