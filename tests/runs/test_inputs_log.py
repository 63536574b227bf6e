"""inputs.csv: a line per epoch, whatever happened to the process that wrote it."""

from pathlib import Path

from cnnlab.runs.inputs_log import InputsLog, read_inputs


def test_lines_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "inputs.csv"
    log = InputsLog(path)
    log.append(1, 0)
    log.append(2, 0xDEADBEEF)
    assert path.read_text() == "epoch,crc32\n1,00000000\n2,deadbeef\n"
    assert read_inputs(path) == {1: "00000000", 2: "deadbeef"}


def test_going_on_keeps_the_epochs_of_the_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "inputs.csv"
    path.write_text("epoch,crc32\n1,ffffffff\n3,00000003\n4,0000")  # whatever has become of the file
    InputsLog(path, ["1,00000001", "2,00000002"]).append(3, 7)
    assert read_inputs(path) == {1: "00000001", 2: "00000002", 3: "00000007"}
    InputsLog(path)
    assert read_inputs(path) == {}


def test_what_is_no_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "inputs.csv"
    assert read_inputs(path) == {}
    path.write_bytes(b"\xff\xfe")
    assert read_inputs(path) == {}
    path.write_text(f"epoch,crc32\nx,1\n1,2,3\n{'9' * 5000},1\n1,0000000a\n2,half")
    assert read_inputs(path) == {1: "0000000a"}
