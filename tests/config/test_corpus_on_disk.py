"""Hundreds of bad config files, given to the real command line in one call."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.config.test_bad_configs import FULL, bad_configs, refused
from tests.sample_configs import MINIMAL

pytestmark = pytest.mark.heavy

LEAST = 300
BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)
SPECIAL: dict[str, str | bytes] = {
    "empty": "",
    "only a comment": "# nothing\n",
    "bomb": BOMB,
    "merge bomb": "a: &a {k: 1}\nb:\n  <<: [" + "*a, " * 9000 + "]\n",
    "alias of itself": "name: &a [*a]\n",
    "deep": "data: " + "[" * 5000 + "]" * 5000,
    "deep maps": "{a: " * 5000,
    "huge number": MINIMAL + f"seed: {'9' * 5000}\n",
    "huge float": MINIMAL + "training: {label_smoothing: 1.0e+999}\n",
    "nan": MINIMAL + "training: {label_smoothing: .nan}\n",
    "duplicate": MINIMAL + "name: again\n",
    "duplicate deep": MINIMAL.replace("{filters: 4}", "{filters: 4, filters: 5}"),
    "control": MINIMAL.replace("sample", "sam\x07ple"),
    "escape": MINIMAL.replace("sample", '"\\e[2J"'),
    "half a character": MINIMAL.replace("sample", '"\\ud800"'),
    "binary": bytes(range(256)) * 40,
    "zeros": b"\0" * 1000,
    "utf-16": MINIMAL.encode("utf-16"),
    "latin-1": MINIMAL.replace("sample", "Röntgen").encode("latin-1"),
    "python object": "name: !!python/object/apply:os.system ['touch /tmp/owned']\n",
    "python name": MINIMAL.replace("sample", "!!python/name:os.system"),
    "set": "!!set {a, b}\n",
    "two documents": MINIMAL + "---\n" + MINIMAL,
    "tab": "data:\n\tdataset: mnist10k\n",
    "open quote": MINIMAL.replace("sample", '"sample'),
    "too large": b"#" * 200_000,
    "list": "- name\n- data\n",
    "key that is no text": MINIMAL + "1: 2\n",
    "directive": "%YAML 9.9\n---\n" + MINIMAL,
    "unknown directive": "%FOO bar\n--- !x!y z\n",
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files: every special one, and of the generated ones enough from every kind of mistake."""
    folder = tmp_path_factory.mktemp("corpus")
    files = []
    for name, content in SPECIAL.items():
        path = folder / f"{name.replace(' ', '_')}.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
        files.append(path)
    kinds: dict[str, list[Any]] = {}
    for done, _, plain in bad_configs():
        kinds.setdefault(done, []).append(plain)
    for number, (done, configs) in enumerate(kinds.items()):
        wrong = [plain for plain in configs[:: max(1, len(configs) // 30)] if refused(plain) is not None]
        for index, plain in enumerate(wrong[:25]):
            path = folder / f"made_{number}_{index}.yaml"
            path.write_text(f"# {done!r}\n" + yaml.safe_dump(plain, sort_keys=False))
            files.append(path)
    (folder / "directory.yaml").mkdir()
    (folder / "circle.yaml").symlink_to("circle.yaml")
    with (folder / "giant.yaml").open("wb") as file:
        file.truncate(10**12)
    return [*files, *(folder / name for name in ("directory.yaml", "circle.yaml", "giant.yaml", "gone.yaml"))]


def test_each_is_refused_with_its_file_line_and_key(corpus: list[Path], cnnlab: Any) -> None:
    assert len(corpus) >= LEAST
    started = time.perf_counter()
    done = cnnlab("config", "check", *corpus, "--json")
    assert time.perf_counter() - started < 60
    assert done.code == 2
    assert "Traceback" not in done.err
    assert all(line.isprintable() for line in done.err.split("\n"))
    assert not Path("/tmp/owned").exists()
    problems = done.json["problems"]
    assert len(problems) == len(corpus)
    for path, problem in problems.items():
        assert problem is not None, path
        assert path in problem
        unread = ("directory", "circle", "giant", "gone", "too_large")
        assert Path(path).stem in unread or "line " in problem, problem


@pytest.mark.parametrize("name", ["bomb", "binary", "directory", "gone", "python_object", "made_0_0"])
def test_training_refuses_it_with_the_same_words(corpus: list[Path], name: str, cnnlab: Any) -> None:
    """Before anything heavy is imported, and without a run folder."""
    path = next(path for path in corpus if path.stem == name)
    done = cnnlab("train", "-c", path, "--runs-dir", path.parent / "runs", "--json", timeout=20)
    assert done.code == 2
    assert str(path) in done.err and done.out == ""
    assert "Traceback" not in done.err
    assert not (path.parent / "runs").exists()


def test_a_config_may_come_through_a_pipe(tmp_path: Path, cnnlab: Any) -> None:
    """As with ``--config <(...)``."""
    read, write = os.pipe()
    os.write(write, yaml.safe_dump(FULL).encode())
    os.close(write)
    try:
        done = cnnlab("config", "check", f"/proc/{os.getpid()}/fd/{read}", "--json")
    finally:
        os.close(read)
    assert done.code == 0, done.err
    assert done.json["ok"] is True
