"""Run folders of a stranger: sound ones, damaged at random in bytes, values, kinds of files and names.

Everything is drawn from one random generator, so a number gives the same folder again.
"""

import json
import os
import random
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tests.hostile import WRONG_VALUES, damaged_contents, keys, spoilt, with_value

ESCAPES = ("\x1b]0;X\x07", "\x1b[2J", "a\nb", "\r", "\u202egnp.exe", "\x9b31m", "\ud800", "\x00", "\u2028")
VALUES: list[Any] = [
    *WRONG_VALUES,
    *ESCAPES,
    *(10**30, -(10**30), 1e308, 2**63 - 1, -0.0, 1e-320, 9999, -1, 0, False),
    *("NaN", "Infinity", "-Infinity", "1e3", "../../victim", "/dev/zero", "done", "running", "stopped", "~"),
    *(
        [None],
        [[1, 2], 3],
        {"": None},
        {"\x1b[31m": 1},
        {"0": {}},
        {"__proto__": {}},
        [{}] * 300,
        "y" * 100_000,
    ),
    *([0, 1, 10**30], [0, 0], [0, 1, 2, 3], [9999], [-1], {"1e3": {}, "00": {}, "-1": {}, "\u0663": {}}),
]
VALUES += [{f"m{i}": 0.5 for i in range(n)} for n in (900, 9000, 20_000)]
VALUES += [[f"n{i}" for i in range(n)] for n in (900, 9000, 20_000)]
CELLS = ("=1+1", "1_000", "0x10", " 1", "\u0663", "1e999")
NAMES = ("00", "-1", "1e3", "\u0663", "9999", "1" + "0" * 30, "2", " 0", "0 ", "0\n", "0\x1b[31m", "\u202e0")
RUN_NAMES = (
    "a\nb",
    "\x1b[2Jrun",
    "\u202enur",
    "--help",
    "-",
    "latest",
    "*",
    "20261301-999999_x_00000000",
    "x" * 200,
)
NEW = (  # what a run folder has at other times
    *(
        "lock",
        "verify.json",
        "sweep.json",
        "race.jsonl",
        "changes.diff",
        "arrays.npz",
        ".events-0.0badcafe.tmp",
    ),
    *(".status.0badcafe.tmp.json", "plots/confusion.png", "plots/curves.png", "repeats/0/checkpoint/1.json"),
    *("repeats/0/checkpoint/1.npz", "repeats/0/log.txt", "repeats/1/log.txt", "repeats/2/result.json"),
    *(
        "repeats/0/members/1/metrics.csv",
        "extensions/own.py",
        "tensorboard/repeat-0/x",
        "members",
        "tensorboard",
    ),
    *(
        "augmentation.png",
        "repeats/0/mistakes.png",
        "checkpoint",
        "runs",
        "about.json",
        "repeats/0/inputs.csv",
    ),
)
VICTIM_FILES = (
    "keep.txt",
    "1.json",
    "1.npz",
    "status.json",
    ".keep.0badcafe.tmp",
    "0/result.json",
    "metrics.csv",
)

LARGEST = 1 << 24  # bytes of a file that is read to be damaged


def make_victim(place: Path) -> Path:
    """A folder that nobody names on a command line; links lead here."""
    for name in VICTIM_FILES:
        path = place / "victim" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"precious: {name}\n" * 100)
    return place / "victim"


def state_of(folder: Path) -> dict[str, tuple[int, bytes | str]]:
    """All that a folder holds: kind and mode of each entry, and its content."""
    found = {}
    for path in sorted((folder, *folder.rglob("*"))):
        mode = path.lstat().st_mode
        content = (
            path.read_bytes() if stat.S_ISREG(mode) else (path.is_symlink() and str(path.readlink())) or ""
        )
        found[str(path.relative_to(folder))] = (mode, content)
    return found


def mutated(run: Path, rng: random.Random, victim: Path) -> tuple[Path, list[str]]:
    """Damage the run folder `run` in one to three ways; returns where it is now, and what was done."""
    done = [_damage(run, rng, victim) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    if rng.random() < 0.03:
        name = rng.choice(RUN_NAMES)
        done.append(f"called {name!r}")
        run = run.rename(run.parent / name)
    return run, done


def _damage(run: Path, rng: random.Random, victim: Path) -> str:
    kind = rng.choices(list(_WAYS), [weight for _, weight in _WAYS.values()])[0]
    path = _WAYS[kind][0](run, rng, victim)
    return f"{kind}: {path.relative_to(run)}"


def _files(run: Path) -> list[Path]:
    """Its files, but for the giants that another damage has put there."""
    files = (path for path in run.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path for path in files if path.stat().st_size <= LARGEST)


def _a_file(run: Path, rng: random.Random) -> Path:
    """One of the files; those that are parsed three times as often, pictures and plots seldom."""
    files = _files(run)
    weights = [{".json": 6, ".yaml": 6, ".csv": 3, ".png": 0.3}.get(path.suffix, 2) for path in files]
    return rng.choices(files, weights)[0] if files else _a_new_path(run, rng)


def _a_new_path(run: Path, rng: random.Random) -> Path:
    path = run / rng.choice(NEW)
    while not path.parent.is_dir():
        if os.path.lexists(path.parent):
            return run / f"new-{rng.randrange(10**6)}"
        path = path.parent
    return path


def _a_path(run: Path, rng: random.Random) -> Path:
    """A file or a folder that is there, or a place where one might be."""
    if rng.random() < 0.35:
        return _a_new_path(run, rng)
    folders = sorted(path for path in run.rglob("*") if path.is_dir() and not path.is_symlink())
    return rng.choice(folders) if folders and rng.random() < 0.35 else _a_file(run, rng)


def _write(path: Path, content: bytes) -> Path:
    if path.is_dir():
        _remove(path)
    path.write_bytes(content)
    return path


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for entry in path.iterdir():
            _remove(entry)
        path.rmdir()
    elif os.path.lexists(path):
        path.unlink()


def _bytes(run: Path, rng: random.Random, victim: Path) -> Path:
    path = _a_file(run, rng)
    raw = path.read_bytes() if path.is_file() else b"{}"
    content = rng.choice(list(damaged_contents(raw, rng, flips=20).values()))
    return _write(path, content)


def _text(run: Path, rng: random.Random, victim: Path) -> Path:
    """Line ends, marks, bytes put in, parts doubled or left out."""
    path = _a_file(run, rng)
    raw = path.read_bytes() if path.is_file() else b"{}"
    place = rng.randrange(len(raw) + 1)
    inserted = rng.choice(
        [b"\0", b"\xff\xfe", b"\x1b[31m", b"\n", b'"', b"{", b",", b"-", b"&a ", b"*a", b"!!binary "]
    )
    start, end = sorted((place, rng.randrange(len(raw) + 1)))
    changes = [
        *(
            b"\xef\xbb\xbf" + raw,
            raw.replace(b"\n", b"\r\n"),
            raw.replace(b"\n", b"\r"),
            raw + raw,
            raw[::-1],
        ),
        *(
            raw[:place] + inserted + raw[place:],
            raw[:start] + raw[end:],
            raw[:end] + raw[start:],
            spoilt(raw, rng),
        ),
        *(
            raw.replace(b"null", b"NaN"),
            raw.replace(b"0", b"9" * 400, 1),
            raw.replace(b'"', b'"\\u001b]0;X\\u0007'),
        ),
        *(raw.replace(b":", b": " + b"[" * 5000, 1), raw.upper(), raw.decode("latin1").encode("utf-16")),
    ]
    return _write(path, rng.choice(changes))


def _value(run: Path, rng: random.Random, victim: Path) -> Path:
    """Another value at one to three keys of a JSON or YAML file, or a key given twice."""
    files = [path for path in _files(run) if path.suffix in {".json", ".yaml"}]
    if not files:
        return _bytes(run, rng, victim)
    path = rng.choice(files)
    is_yaml = path.suffix == ".yaml"
    try:
        content = yaml.safe_load(path.read_text()) if is_yaml else json.loads(path.read_text())
        for _ in range(rng.choice([1, 1, 2, 3])):
            content = with_value(content, rng.choice(list(keys(content))), rng.choice(VALUES))
        text = yaml.safe_dump(content) if is_yaml and rng.random() < 0.5 else json.dumps(content)
    except (ValueError, RecursionError, yaml.YAMLError, IndexError, KeyError, TypeError):
        return _bytes(run, rng, victim)  # it is damaged already
    if rng.random() < 0.15:
        text = text.replace(": ", f": {json.dumps(rng.choice(VALUES), default=str)}, ", 1)
    if rng.random() < 0.15 and text.startswith("{"):
        name = rng.choice(list(content)) if isinstance(content, dict) and content else "x"
        text = text[:-1] + f", {json.dumps(name)}: {json.dumps(rng.choice(VALUES), default=str)}}}"
    return _write(path, text.encode("utf-8", "surrogatepass"))


def _cells(run: Path, rng: random.Random, victim: Path) -> Path:
    """Other cells in a CSV file."""
    files = [path for path in _files(run) if path.suffix == ".csv"]
    if not files:
        return _bytes(run, rng, victim)
    path = rng.choice(files)
    rows = [line.split(",") for line in path.read_text(errors="replace").split("\n")]
    for _ in range(rng.choice([1, 2, 5])):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = str(
            rng.choice([*VALUES, "=1+1", "1_000", "0x10", " 1", "\u0663", "1e999"])
        )[:5000]
    return _write(path, "\n".join(map(",".join, rows)).encode("utf-8", "surrogatepass"))


def _other(run: Path, rng: random.Random, victim: Path) -> Path:
    """Something else in the place of a file or a folder, or where nothing was."""
    path = _a_path(run, rng)
    _remove(path)
    rng.choice(_KINDS)(path, rng, victim)
    return path


def _link_out(path: Path, rng: random.Random, victim: Path) -> None:
    inside = victim / rng.choice(VICTIM_FILES)
    path.symlink_to(rng.choice([victim, victim, inside, inside, victim / "absent", victim / "0"]))


def _hard_link(path: Path, rng: random.Random, victim: Path) -> None:
    os.link(victim / rng.choice(VICTIM_FILES), path)


def _loop(path: Path, rng: random.Random, victim: Path) -> None:
    path.symlink_to(
        rng.choice([path.name, ".", "..", "../..", "nowhere", "/dev/zero", "/dev/full", "/dev/stdin"])
    )


def _pipe(path: Path, rng: random.Random, victim: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, rng: random.Random, victim: Path) -> None:
    back = Path.cwd()
    os.chdir(path.parent)  # a socket's path has at most 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name[:90])
    finally:
        os.chdir(back)


def _device(path: Path, rng: random.Random, victim: Path) -> None:
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, rng.choice([3, 5, 7])))  # null, zero, full
    except OSError:  # for root alone
        path.symlink_to("/dev/zero")


def _giant(path: Path, rng: random.Random, victim: Path) -> None:
    with path.open("wb") as file:
        file.truncate(rng.choice([10**9, 10**12]))  # takes no room


def _folder(path: Path, rng: random.Random, victim: Path) -> None:
    path.mkdir()
    if rng.random() < 0.5:
        (path / "x").write_text("x")


def _nothing(path: Path, rng: random.Random, victim: Path) -> None:
    pass


_KINDS: tuple[Callable[[Path, random.Random, Path], None], ...] = (
    *(_link_out, _link_out, _link_out, _hard_link, _loop, _pipe, _socket, _device, _giant, _folder, _nothing),
)


def _rename(run: Path, rng: random.Random, victim: Path) -> Path:
    """A repeat's folder, or another entry, under another name; the old one may stay."""
    entries = [*(run / "repeats").glob("*"), *(run / "repeats").glob("*"), *run.glob("*")]
    if not entries:
        return _bytes(run, rng, victim)
    path = rng.choice(sorted(entries))
    target = path.with_name(rng.choice(NAMES))
    if not os.path.lexists(target):
        path.rename(target)
    return target


def _copy(run: Path, rng: random.Random, victim: Path) -> Path:
    """One file's content in the place of another's."""
    source, path = _a_file(run, rng), _a_file(run, rng)
    return _write(path, source.read_bytes() if source.is_file() else b"")


def _permissions(run: Path, rng: random.Random, victim: Path) -> Path:
    path = _a_path(run, rng)
    if path.exists() and not path.is_symlink():
        path.chmod(rng.choice([0o000, 0o200, 0o400, 0o555]))
    return path


_WAYS: dict[str, tuple[Callable[[Path, random.Random, Path], Path], float]] = {
    "bytes": (_bytes, 3),
    "text": (_text, 3),
    "value": (_value, 6),
    "cells": (_cells, 1),
    "other": (_other, 6),
    "rename": (_rename, 1),
    "copy": (_copy, 1),
    "permissions": (_permissions, 0.5),
}
