"""This process as a part of a Ray cluster."""

import os
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cnnlab.errors import ConfigError
from cnnlab.executors.interrupts import SIGNALS
from cnnlab.runs.machine import usable_cores

STORE_BYTES = 400_000_000  # of the object store of a Ray that is started here; more is spilled to the disk
SECONDS_TO_CONNECT = 10.0
SECONDS_TO_ANSWER = 2.0  # of a head that has answered before
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def require_usable(address: str | None) -> None:
    """Raise ConfigError for an address of Ray's client, from which nothing of this machine could be seen."""
    if address is not None and address.startswith("ray://"):
        raise ConfigError(
            f"--address {address}: expected auto or HOST:PORT, of a cluster that this machine is a node of. "
            "Give the command on a node, or make this one a node with: ray start --address HOST:PORT"
        )


def is_own(address: str | None) -> bool:
    """Whether a Ray of this command alone is meant."""
    return address is None and not os.environ.get("RAY_ADDRESS")


def connected(address: str | None) -> Any:
    """The module `ray`, connected to the cluster at `address`, or to a Ray of its own that listens on loopback alone.

    Raises ConfigError when there is no cluster at the address.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to its makers
    where: dict[str, Any] = {"address": address}
    if is_own(address):
        _stay_on_loopback()
        where = {
            "address": "local",
            "num_cpus": usable_cores(),
            "include_dashboard": False,
            "object_store_memory": STORE_BYTES,
        }
    else:
        host, port = _resolved(address or os.environ["RAY_ADDRESS"])
        if host in _LOOPBACK:
            _stay_on_loopback()
        where = {"address": f"{host}:{port}"}
    import ray

    if ray.is_initialized():
        return ray
    with _signals_kept():
        try:
            ray.init(**where, log_to_driver=False, logging_level="error")
        except (ConnectionError, RuntimeError, ValueError) as error:
            reason = str(error).strip().splitlines()[0]
            raise ConfigError(
                f"--address {address}: Ray could not be joined: {reason}. A cluster that was started where Ray had a "
                "token wants it here too: export RAY_AUTH_MODE=token"
            ) from error
    return ray


def answers(address: str) -> bool:
    """Whether the head of a cluster, at HOST:PORT, takes connections."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_ANSWER).close()
    except OSError:
        return False
    return True


def _resolved(address: str) -> tuple[str, int]:
    """Host and port of a cluster that answers."""
    text = _current() if address == "auto" else address
    how = "Start one with: ray start --head --node-ip-address 127.0.0.1 --disable-usage-stats"
    if text is None:
        raise ConfigError(f"--address auto: no Ray cluster runs on this machine. {how}")
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError(f"--address {address}: expected auto or HOST:PORT, such as 127.0.0.1:6379.")
    try:
        socket.create_connection((host, int(port)), SECONDS_TO_CONNECT).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"--address {address}: no Ray cluster answers at {text} ({reason}). {how}"
        ) from None
    return host, int(port)


def _current() -> str | None:
    """The address that ``ray start`` has noted on this machine."""
    path = Path(os.environ.get("RAY_TMPDIR", tempfile.gettempdir())) / "ray" / "ray_current_cluster"
    try:
        return path.read_text().strip() or None
    except OSError:
        return None


def _stay_on_loopback() -> None:
    """Keep Ray from taking another address of this machine in the place of the loopback one; acts on its import."""
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Keep the handlers of this process, which Ray replaces when it connects."""
    before: list[tuple[int, Callable[..., Any] | int | None]] = [(n, signal.getsignal(n)) for n in SIGNALS]
    try:
        yield
    finally:
        for number, handler in before:
            if handler is not None and signal.getsignal(number) != handler:
                signal.signal(number, handler)
