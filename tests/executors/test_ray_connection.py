"""Joining a Ray cluster: what an address may be, and what is said of one that leads nowhere."""

import socket
from pathlib import Path

import pytest

from cnnlab.errors import ConfigError
from cnnlab.executors.ray_connection import answers, connected, is_own, require_usable


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ray://head:10001", r"expected auto or HOST:PORT, .* Give the command on a node"),
        ("head", r"expected auto or HOST:PORT, such as 127\.0\.0\.1:6379"),
        ("127.0.0.1:{free}", r"no Ray cluster answers at 127\.0\.0\.1:\d+ \(Connection refused\)"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_sentence(address: str, message: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = address.format(free=free.getsockname()[1])
        with pytest.raises(ConfigError, match=message):
            require_usable(address)
            connected(address)


def test_auto_without_a_cluster_says_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    with pytest.raises(ConfigError, match=r"no Ray cluster runs on this machine\. Start one with: ray start"):
        connected("auto")


def test_a_cluster_that_was_noted_and_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    (tmp_path / "ray").mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        (tmp_path / "ray/ray_current_cluster").write_text(f"{address}\n")
        with pytest.raises(ConfigError, match=f"--address auto: no Ray cluster answers at {address}"):
            connected("auto")
        assert not answers(address)


def test_a_head_answers_as_long_as_it_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert answers(f"127.0.0.1:{server.getsockname()[1]}")


def test_a_ray_of_the_command_alone_is_meant_where_nothing_names_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    assert is_own(None) and not is_own("auto")
    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:6379")
    assert not is_own(None)
    require_usable(None)
