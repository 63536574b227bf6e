import pytest

from cnnlab.errors import RunError
from cnnlab.runs.epoch_log import EpochLog


def test_lines_are_appended_and_remembered(tmp_path):
    log = EpochLog(tmp_path / "a.csv", "epoch,x", ["1,a"])
    log.append_line("2,b")
    log.flush()
    assert log.path.read_text() == "epoch,x\n1,a\n2,b\n"
    assert log.lines == ["1,a", "2,b"]


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "a.csv").symlink_to(victim)
    log = EpochLog(tmp_path / "a.csv", "epoch")
    log.append_line("1")
    assert victim.read_text() == "precious" and log.path.read_text() == "epoch\n1\n"


def test_a_disk_that_refuses_is_a_sentence(tmp_path):
    log = EpochLog(tmp_path / "a.csv", "epoch")
    log.path.unlink()
    log.path.mkdir()
    with pytest.raises(RunError, match=r"Cannot write .*a\.csv"):
        log.append_line("1")
    with pytest.raises(RunError, match=r"Cannot write .*a\.csv"):
        log.flush()
