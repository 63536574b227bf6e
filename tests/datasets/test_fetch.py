import hashlib
import itertools
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from cnnlab.datasets.fetch import FetchError, RemoteFile, fetch

CONTENT = bytes(range(256)) * 2000


class Handler(BaseHTTPRequestHandler):
    """Serves CONTENT in several bad ways; `asked` collects the path and the Range of every request."""

    asked: ClassVar[list[tuple[str, str | None]]] = []
    served: ClassVar[int] = 100_000  # bytes before a connection is cut

    def do_GET(self):
        wanted = self.headers["Range"]
        self.asked.append((self.path, wanted))
        if self.path == "/missing":
            self.send_error(404)
            return
        body = {
            "/wrong": CONTENT[::-1],
            "/page": b"\n<!DOCTYPE html><p>Please log in",
            "/few": CONTENT[:5000],
            "/many": CONTENT + b"x",
        }.get(self.path, CONTENT)
        start = 0
        if wanted and self.path not in {"/no-range", "/page"}:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        body = body[start:]
        if self.path in {"/cut", "/no-range"} or (self.path == "/dead" and not start):
            body = body[: self.served]
        elif self.path == "/dead":
            body = b""
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """Attempts follow each other at once; what was asked for is counted anew."""
    monkeypatch.setattr("cnnlab.datasets.fetch.PAUSES", (0.0, 0.0))
    Handler.asked.clear()


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def remote(url: str, size: int | None = len(CONTENT)) -> RemoteFile:
    return RemoteFile("a.bin", url, hashlib.sha256(CONTENT).hexdigest(), size)


def ranges() -> list[str | None]:
    """The Range of each request, in order."""
    return [wanted for _, wanted in Handler.asked]


def test_a_good_file_arrives_under_its_name(server, tmp_path, capfd):
    path = fetch(remote(f"{server}/good"), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "a.bin"
    assert path.read_bytes() == CONTENT
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_there_already_is_not_fetched_again(server, tmp_path):
    (tmp_path / "a.bin").write_bytes(CONTENT)
    assert fetch(remote(f"{server}/missing"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize("size", [None, len(CONTENT)])
@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/wrong", "wrong SHA-256 checksum"),
        ("/page", "a web page came in place of the file"),
        ("/missing", "the server answered 404 Not Found"),
        ("/many", "wrong SHA-256 checksum|512,001 bytes came, expected 512,000: it is another file"),
    ],
)
def test_anything_else_is_an_error_that_leaves_nothing_behind(server, tmp_path, address, reason, size):
    with pytest.raises(FetchError, match=reason):
        fetch(remote(server + address, size), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [None, len(CONTENT)])
def test_cut_connections_are_taken_up_where_they_broke_off(server, tmp_path, size):
    path = fetch(remote(f"{server}/cut", size), tmp_path)
    assert path.read_bytes() == CONTENT
    starts = [int(wanted.removeprefix("bytes=").removesuffix("-")) for wanted in ranges()[1:]]
    assert starts[0] > 80_000 and all(b - a > 80_000 for a, b in itertools.pairwise(starts))
    assert list(tmp_path.iterdir()) == [path]


def test_what_came_before_a_break_is_kept_for_the_next_call(server, tmp_path):
    with pytest.raises(
        FetchError, match=r"cut before .* \(98,304 bytes are kept: the next attempt resumes there"
    ):
        fetch(remote(f"{server}/dead"), tmp_path)
    assert ranges() == [None, *["bytes=98304-"] * 2]
    Handler.asked.clear()
    assert fetch(remote(f"{server}/good"), tmp_path).read_bytes() == CONTENT
    assert ranges() == ["bytes=98304-"]


def test_a_server_that_ignores_ranges_sends_all_anew(server, tmp_path, monkeypatch):
    part = tmp_path / ".a.bin.part"
    part.write_bytes(CONTENT[:3000])
    monkeypatch.setattr(Handler, "served", len(CONTENT))
    assert fetch(remote(f"{server}/no-range"), tmp_path).read_bytes() == CONTENT
    assert ranges() == ["bytes=3000-"]


def test_a_server_that_cuts_and_ignores_ranges_is_given_up(server, tmp_path):
    with pytest.raises(FetchError, match="the connection was cut before the file was complete"):
        fetch(remote(f"{server}/no-range"), tmp_path)
    assert len(Handler.asked) <= 4


def test_too_few_bytes_are_not_a_whole_file(server, tmp_path):
    with pytest.raises(FetchError, match="5,000 of 512,000 bytes and said that this was all"):
        fetch(remote(f"{server}/few"), tmp_path)
    assert not (tmp_path / "a.bin").exists()
    assert len(Handler.asked) < 9


@pytest.mark.parametrize(
    "kept", [CONTENT[:-7:-1], CONTENT[::-1], CONTENT + b"more"], ids=["short", "whole", "long"]
)
def test_a_wrong_beginning_from_before_is_thrown_away(server, tmp_path, kept):
    (tmp_path / ".a.bin.part").write_bytes(kept)
    assert fetch(remote(f"{server}/good"), tmp_path).read_bytes() == CONTENT


def test_no_server_is_said_within_seconds(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    start = time.monotonic()
    with pytest.raises(FetchError, match="no connection to the server"):
        fetch(remote(f"http://127.0.0.1:{port}/a.bin"), tmp_path)
    assert time.monotonic() - start < 5


def test_a_folder_that_cannot_be_made_is_named(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match="file/sub cannot be written"):
        fetch(remote(f"{server}/good"), tmp_path / "file" / "sub")


def test_a_terminal_gets_a_progress_bar(server, tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("FORCE_COLOR", "1")
    fetch(remote(f"{server}/good"), tmp_path)
    assert "Downloading a.bin" in capfd.readouterr().err
