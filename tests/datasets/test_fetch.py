import hashlib
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cnnlab.datasets.fetch import FetchError, RemoteFile, fetch

CONTENT = bytes(range(256)) * 2000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/missing":
            self.send_error(404)
            return
        body = {"/wrong": CONTENT[::-1], "/page": b"\n<!DOCTYPE html><p>Please log in"}.get(
            self.path, CONTENT
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/cut" else body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def remote(url: str) -> RemoteFile:
    return RemoteFile("a.bin", url, hashlib.sha256(CONTENT).hexdigest())


def test_a_good_file_arrives_under_its_name(server, tmp_path, capfd):
    path = fetch(remote(f"{server}/good"), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "a.bin"
    assert path.read_bytes() == CONTENT
    assert capfd.readouterr() == ("", "")


def test_a_file_that_is_there_already_is_not_fetched_again(server, tmp_path):
    (tmp_path / "a.bin").write_bytes(CONTENT)
    assert fetch(remote(f"{server}/missing"), tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("/wrong", "wrong SHA-256 checksum"),
        ("/page", "a web page came in place of the file"),
        ("/cut", "connection was cut before the file was complete"),
        ("/missing", "the server answered 404 Not Found"),
    ],
)
def test_anything_else_is_an_error_that_leaves_nothing_behind(server, tmp_path, address, reason):
    with pytest.raises(FetchError, match=reason):
        fetch(remote(server + address), tmp_path)
    assert list(tmp_path.iterdir()) == []


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
