"""What tasks tell, and how they hear that they are to stop; without a cluster."""

import asyncio
import json
from pathlib import Path

import pytest

from cnnlab.errors import DataError
from cnnlab.executors.base import Event, Job
from cnnlab.executors.home import Home
from cnnlab.executors.ray_task import Luggage, _Errand, _with_extensions
from cnnlab.executors.slurm_task import told


def test_what_was_told_is_given_once_and_a_word_wakes_who_waits_for_it() -> None:
    async def scene() -> None:
        home = Home()
        waiting = asyncio.create_task(home.take(60.0))
        await asyncio.sleep(0)
        await home.tell([Event("started", 0), Event("epoch", 0)])
        assert [event.kind for event in await waiting] == ["started", "epoch"]
        waiting = asyncio.create_task(home.take(60.0))
        await asyncio.sleep(0)
        await home.wake()
        assert await waiting == []
        assert await home.take(0.01) == []

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_the_word_to_stop_reaches_those_who_asked_before_and_after_it() -> None:
    async def scene() -> None:
        home = Home()
        before = asyncio.create_task(home.stopping(Path("a"), 0))
        await asyncio.sleep(0)
        assert not before.done()
        await home.stop()
        await before
        await home.stopping(Path("a"), 1)

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_a_word_to_one_repeat_reaches_it_alone() -> None:
    async def scene() -> None:
        home = Home()
        others = [asyncio.create_task(home.stopping(Path(name), k)) for name, k in (("a", 1), ("b", 0))]
        before = asyncio.create_task(home.stopping(Path("a"), 0))
        await asyncio.sleep(0)
        await home.stop_one(Path("a"), 0)
        await before
        await home.stopping(Path("a"), 0)
        assert not any(other.done() for other in others)
        await home.stop()
        await asyncio.gather(*others)

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_files_go_home_and_back(tmp_path: Path) -> None:
    async def scene() -> None:
        home = Home()
        await home.store(tmp_path, 3, {"metrics.csv": b"epoch\n", "checkpoint/1.json": b"{}"})
        assert (tmp_path / "repeats" / "3" / "metrics.csv").read_text() == "epoch\n"
        assert set(await home.fetch(tmp_path, 3)) == {"metrics.csv", "checkpoint/1.json"}

    asyncio.run(asyncio.wait_for(scene(), 5))


def test_an_extension_that_a_node_has_not_is_written_there(tmp_path: Path) -> None:
    same, other = tmp_path / "same.py", tmp_path / "other.py"
    same.write_text("x = 1\n")
    other.write_text("x = 2\n")
    here = tmp_path / "here"
    here.mkdir()
    content = {str(same): b"x = 1\n", str(other): b"x = 3\n", "/nowhere/third.py": b"x = 4\n"}
    paths = _with_extensions({"extensions": list(content)}, content, here)["extensions"]
    assert paths == [str(same), str(here / "other.py"), str(here / "third.py")]
    assert [Path(path).read_bytes() for path in paths] == list(content.values())


def test_a_node_with_other_data_is_refused(tmp_path: Path) -> None:
    from cnnlab.config.load import dump_config
    from tests.conftest import TINY
    from tests.sample_configs import loaded

    job = Job(dump_config(loaded(tmp_path, TINY)), 0, tmp_path, None)
    errand = _Errand(job, Luggage(None, None, {}), tmp_path)
    with pytest.raises(DataError, match=r"holds other data than where the command was given"):
        errand._own_data("0" * 64)


def test_a_line_that_is_still_being_written_waits(tmp_path: Path) -> None:
    path = tmp_path / "0.events"
    assert told(path, 0) == ([], 0)
    lines = [
        json.dumps({"kind": "epoch", "repeat": 1, "content": {"epoch": n}, "error": None}) for n in (1, 2)
    ]
    path.write_text(f"{lines[0]}\n{lines[1][:20]}")
    events, start = told(path, 0)
    assert [event.content["epoch"] for event in events] == [1]
    path.write_text(f"{lines[0]}\n{lines[1]}\n")
    events, start = told(path, start)
    assert [event.content["epoch"] for event in events] == [2]
    assert told(path, start) == ([], start)
