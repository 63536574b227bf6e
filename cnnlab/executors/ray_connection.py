"""This process as a part of a Ray cluster."""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

from cnnlab.errors import ConfigError
from cnnlab.runs.machine import usable_cores

STORE_BYTES = 100_000_000  # of the object store of a Ray that is started here: nothing large goes through it
SECONDS_TO_CONNECT = 10.0
SECONDS_TO_ANSWER = 2.0  # of a head that has answered before
START = "Start one with: ray start --head --node-ip-address 127.0.0.1 --disable-usage-stats"
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
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is reported to its makers
    if is_own(address):
        host, where = "127.0.0.1", "local"
        own = {
            "num_cpus": usable_cores(),
            "include_dashboard": False,
            "object_store_memory": STORE_BYTES,
            "_node_ip_address": host,
        }
    else:
        host, port = _resolved(address or os.environ["RAY_ADDRESS"])
        where, own = f"{host}:{port}", {}
    if host in _LOOPBACK:
        os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = (
            "0"  # else Ray takes another address; acts on its import
        )
    import ray

    try:
        ray.init(address=where, log_to_driver=False, logging_level="error", **own)
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
    if text is None:
        raise ConfigError(f"--address auto: no Ray cluster runs on this machine. {START}")
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigError(f"--address {address}: expected auto or HOST:PORT, such as 127.0.0.1:6379.")
    try:
        socket.create_connection((host, int(port)), SECONDS_TO_CONNECT).close()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"--address {address}: no Ray cluster answers at {text} ({reason}). {START}"
        ) from None
    return host, int(port)


def _current() -> str | None:
    """The address that ``ray start`` has noted on this machine."""
    path = Path(os.environ.get("RAY_TMPDIR", tempfile.gettempdir())) / "ray" / "ray_current_cluster"
    try:
        return path.read_text().strip() or None
    except OSError:
        return None
