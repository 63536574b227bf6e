import pytest

from cnnlab.runs import machine


@pytest.mark.parametrize(
    ("text", "limit"), [("max 100000", None), ("150000 100000", 1.5), ("", None), ("0 0", None)]
)
def test_limit_of_a_container(tmp_path, monkeypatch, text, limit):
    (tmp_path / "cpu.max").write_text(text)
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    assert machine.cpu_limit() == limit
    assert machine.usable_cores() >= 1


def test_older_containers(tmp_path, monkeypatch):
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text("300000\n")
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000\n")
    monkeypatch.setattr(machine, "CGROUPS", tmp_path)
    assert machine.cpu_limit() == 3


def test_graphics_cards_as_nvidia_smi_tells(tmp_path, monkeypatch):
    script = tmp_path / "nvidia-smi"
    script.write_text("#!/bin/sh\necho 'NVIDIA A100-SXM4-40GB, 40960 MiB, 550.54'\necho\necho odd\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    card = {"name": "NVIDIA A100-SXM4-40GB", "memory.total": "40960 MiB", "driver_version": "550.54"}
    assert machine.gpus() == [card]
