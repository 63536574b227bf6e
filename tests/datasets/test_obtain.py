"""Fetching a whole data set from a server, unpacked, and checking what is here."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from cnnlab.datasets import DataPlaces, availability, dataset, load_dataset, mnist
from cnnlab.datasets.fetch import RemoteFile
from cnnlab.datasets.obtain import check_files, fetch_dataset, is_own
from cnnlab.errors import ConfigError, DataError
from cnnlab.registry import Parameters
from tests.datasets.pcam_files import OFFICIAL, write_official


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder, each file in one piece."""

    def log_message(self, *args):
        pass


@pytest.fixture
def served(tmp_path, monkeypatch):
    """PatchCamelyon, small, on a server that `cnnlab data fetch pcam` takes for the real one; its folder."""
    folder = write_official(tmp_path / "served", packed=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
        thread.start()
        remote = {
            part: tuple(remote_file(folder, httpd, part, x) for x in "xy")
            for part in ("train", "valid", "test")
        }
        monkeypatch.setitem(dataset.get("pcam").traits, "remote", remote)
        yield folder
        httpd.shutdown()
        thread.join()


def remote_file(folder, httpd, part, letter) -> RemoteFile:
    name = f"{OFFICIAL}_{part}_{letter}.h5.gz"
    content = (folder / name).read_bytes()
    address = f"http://127.0.0.1:{httpd.server_port}/{name}"
    return RemoteFile(name, address, hashlib.sha256(content).hexdigest(), len(content), 300_000)


def names(files) -> list[str]:
    return [file.path.name for file in files]


def test_the_chosen_splits_come_unpacked_and_only_once(served, tmp_path):
    told = []
    places = DataPlaces(tmp_path / "data")
    first = fetch_dataset("pcam", ["valid", "test"], places, told.append)
    assert told == first and all(file.fetched for file in first)
    expected = [f"{OFFICIAL}_{part}_{letter}.h5" for part in ("valid", "test") for letter in "xy"]
    assert names(first) == expected
    assert sorted(path.name for path in (tmp_path / "data/pcam").iterdir()) == sorted(expected)
    everything = fetch_dataset("pcam", None, places, told.append)
    assert [file.fetched for file in everything] == [True] * 2 + [False] * 4
    loaded = load_dataset("pcam", dataset.get("pcam").parameters(crop=32), places)
    assert [len(split) for split in loaded.splits().values()] == [40, 12, 10]
    assert all(report.status == "ok" for report in check_files("pcam", places))


def test_what_lies_in_the_data_directory_itself_is_not_fetched_again(served, tmp_path):
    write_official(tmp_path / "data")
    assert not any(file.fetched for file in fetch_dataset("pcam", None, DataPlaces(tmp_path / "data"), print))


def test_the_disk_is_looked_at_first(served, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 101_000_000}))
    with pytest.raises(
        DataError, match=r"Fetching 6 files needs 2\.\d+ MB in .*data/pcam, .* has 101 MB free"
    ):
        fetch_dataset("pcam", None, DataPlaces(tmp_path / "data"), print)
    assert not (tmp_path / "data").exists()


def test_a_failed_file_is_named_and_those_before_it_are_kept(served, tmp_path):
    (served / f"{OFFICIAL}_valid_x.h5.gz").write_text("<html>404, but politely")
    places = DataPlaces(tmp_path / "data")
    with pytest.raises(
        DataError, match=rf"Fetching {OFFICIAL}_valid_x.h5.gz from http.*: a web page came.* again"
    ):
        fetch_dataset("pcam", None, places, print)
    kept = sorted(path.name for path in (tmp_path / "data/pcam").iterdir())
    assert kept == [f"{OFFICIAL}_train_x.h5", f"{OFFICIAL}_train_y.h5"]


@pytest.mark.parametrize(
    ("name", "splits", "said"),
    [
        ("npz", None, "'npz' cannot be fetched; those that can are mnist, pcam"),
        ("pcam", ["val"], "'pcam' has no split 'val'; it has train, valid, test"),
        ("pcm", None, "unknown dataset 'pcm'"),
    ],
)
def test_what_cannot_be_fetched_is_said(tmp_path, name, splits, said):
    with pytest.raises(ConfigError, match=said):
        fetch_dataset(name, splits, DataPlaces(tmp_path), print)


def test_mnist_is_fetched_too(served, tmp_path, tiny_mnist, monkeypatch):
    content = tiny_mnist.read_bytes()
    (served / "mnist.npz").write_bytes(content)
    address = dataset.get("pcam").traits["remote"]["train"][0].url.rpartition("/")[0]
    remote = RemoteFile(
        "mnist.npz", f"{address}/mnist.npz", hashlib.sha256(content).hexdigest(), len(content)
    )
    monkeypatch.setitem(dataset.get("mnist").traits, "remote", {"all": (remote,)})
    (file,) = fetch_dataset("mnist", None, DataPlaces(tmp_path / "data"), print)
    assert file.path == tmp_path / "data/mnist/mnist.npz"
    (report,) = check_files("mnist", DataPlaces(tmp_path / "data", download=False))
    assert (report.status, report.path, report.message) == (
        "ok",
        file.path,
        "20 train, 10 test images, 28x28x1",
    )
    monkeypatch.setattr(mnist, "ARRAYS", {**mnist.ARRAYS, "x_more": ((1,), "")})
    (report,) = check_files("mnist", DataPlaces(tmp_path / "data", download=False))
    assert report.status == "damaged" and report.path == file.path and "no array x_more" in report.message


def test_other_data_sets_are_loaded_to_check_them(tmp_path):
    assert check_files("mnist10k", DataPlaces(tmp_path))[0].status == "ok"
    (report,) = check_files("mnist", DataPlaces(tmp_path, download=False))
    assert report.status == "missing" and "needs mnist.npz" in report.message
    assert is_own("npz") and is_own("folder") and not is_own("mnist")


def test_the_listing_says_what_is_found_and_downloads_nothing(tiny_mnist, tmp_path):
    rows = {row.name: row for row in availability(DataPlaces(tiny_mnist.parent))}
    assert list(rows) == dataset.names()
    assert rows["mnist"].found == str(tiny_mnist)
    assert rows["mnist10k"].found.endswith("mnist10k.npz")
    assert rows["npz"].found is None and "path" in rows["npz"].note
    assert {row.name: row for row in availability(DataPlaces())}["mnist"].found is None


def test_the_listing_survives_a_folder_that_does_not_exist(tmp_path):
    rows = {row.name: row for row in availability(DataPlaces(tmp_path / "nowhere"))}
    assert rows["mnist"].found is None and "does not exist" in rows["mnist"].note
    assert rows["mnist10k"].found is not None


def test_the_listing_shows_a_data_set_of_ones_own(monkeypatch):
    monkeypatch.setattr(dataset, "_entries", dict(dataset._entries))

    @dataset
    def mine(places, *, count: int = 3):
        """Squares."""

    row = next(row for row in availability(DataPlaces()) if row.name == "mine")
    assert (row.title, row.found, row.size) == ("Squares.", None, "")
    assert issubclass(dataset.get("mine").parameters, Parameters)
