"""Ways in which a file can be broken, the same for every kind of file."""

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DELETE = object()
WRONG_VALUES: list[Any] = [
    *(None, True, "text", "", -7, 1.5, 10**400, float("nan"), [], [1, "x"], {}, {"x": 1}),
    *("\x1b[31m", [[]], "9" * 5000, 2**63, -1e308, DELETE),
]
Key = tuple[str | int, ...]


def damaged_contents(raw: bytes, rng: random.Random, flips: int = 4) -> dict[str, bytes]:
    """What a full disk, a bad transfer, another program or an enemy makes of a file's bytes."""
    return {
        "empty": b"",
        "half": raw[: len(raw) // 2],
        "noise": rng.randbytes(500),
        "zeros": b"\0" * 100,
        "marked": b"\xef\xbb\xbf" + raw,
        "utf-16": raw.decode("latin1").encode("utf-16"),
        "long number": b"9" * 100_000,
        "deep": b"[" * 100_000,
        "page": b"<html>",
        "escapes": raw.replace(b"a", b"\x1b[2J"),
        **{f"spoilt {number}": spoilt(raw, rng) for number in range(flips)},
    }


def spoilt(raw: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, filled up, or cut off."""
    content = bytearray(raw)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        if not content:
            break
        place = rng.randrange(rng.choice([len(content), min(len(content), 3000)]))
        change = rng.random()
        if change < 0.6:
            content[place] = rng.choice([0, 255, 127, 128, rng.randrange(256)])
        elif change < 0.9:
            content[place : place + 8] = rng.choice(
                [b"\xff" * 8, b"\0" * 7 + b"\x7f", rng.randbytes(8), b"9" * 8]
            )
        else:
            del content[place + 1 :]
    return bytes(content)


def replace_by(kind: str, path: Path) -> None:
    """Put something else in a file's place: nothing, a folder, a link in a circle or to nowhere, a pipe, a giant."""
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "circle":
        path.symlink_to(path.name)
    elif kind == "dangling":
        path.symlink_to("nowhere")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "giant":
        with path.open("wb") as file:
            file.truncate(10**12)  # takes no room


REPLACEMENTS = ("nothing", "folder", "circle", "dangling", "pipe", "giant")


def keys(value: Any, key: Key = ()) -> Iterator[Key]:
    """All keys and indices of plain data, at every level."""
    if key:
        yield key
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, entry in entries:
        yield from keys(entry, (*key, name))


def with_value(plain: Any, key: Key, value: Any) -> Any:
    """A copy of plain data with another value at `key`, or without the key."""
    result = json.loads(json.dumps(plain))
    holder = result
    for part in key[:-1]:
        holder = holder[part]
    if value is DELETE:
        del holder[key[-1]]
    else:
        holder[key[-1]] = value
    return result
