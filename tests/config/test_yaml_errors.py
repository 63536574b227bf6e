"""What is said of files that are no plain YAML map, each by its text."""

import time

import pytest

from cnnlab.config.load import Options, load_config
from cnnlab.config.source import MAX_BYTES
from cnnlab.errors import EXIT_USAGE, ConfigError
from tests.sample_configs import MINIMAL, loaded, refusal, written

NAME = MINIMAL.splitlines()[0]
EXPECTED = "expected a map with the keys name, data, model and so on"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", f"line 1, column 1: {EXPECTED}, got an empty file."),
        ("# nothing\n", f"line 1, column 1: {EXPECTED}, got an empty file."),
        ("\n- a\n", f"line 2, column 1: {EXPECTED}, got a list of 1."),
        ("hello", f"line 1, column 1: {EXPECTED}, got the text 'hello'."),
        ("7", f"line 1, column 1: {EXPECTED}, got the number 7."),
        ("name: a\nname: b\n", "line 2, column 1, name: this key is already in line 1."),
        ("data:\n\tseed: 1\n", "line 2, column 1: a tab cannot indent YAML; use spaces."),
        (
            MINIMAL + "training:\n  label_smoothing: '1e-3'\n",
            "column 3, training.label_smoothing: expected a number, got the text '1e-3' (leave out the quotes).",
        ),
        (
            MINIMAL + "seed: '1e3'\n",
            "line 8, column 1, seed: expected a whole number, got the text '1e3' (leave out the quotes).",
        ),
        (
            MINIMAL + "seed: '1_000'\n",
            "line 8, column 1, seed: expected a whole number, got the text '1_000'.",
        ),
        (MINIMAL + "seed: 1e-3\n", "line 8, column 1, seed: expected a whole number, got the number 0.001."),
        (
            MINIMAL + "augment: [1e-3]\n",
            "line 8, column 11, augment.0: expected an augmentation as 'name' or '{name: {parameters}}' (such as",
        ),
        (
            "name: on\n",
            "line 1, column 7, name: YAML reads on as a truth value; write true or false, or 'on' for text.",
        ),
        (
            "name: no\n",
            "line 1, column 7, name: YAML reads no as a truth value; write true or false, or 'no' for text.",
        ),
        (
            "seed: 010\n",
            "line 1, column 7, seed: the number 010 is not plain decimal; write digits alone, or quote it.",
        ),
        (
            "seed: 0x1F\n",
            "line 1, column 7, seed: the number 0x1F is not plain decimal; write digits alone, or quote it.",
        ),
        (
            "seed: 1_000\n",
            "line 1, column 7, seed: the number 1_000 is not plain decimal; write digits alone, or quote it.",
        ),
        (
            f"seed: {'9' * 500}\n",
            f"line 1, column 7, seed: the number {'9' * 37}... is too large: at most 20 digits are read.",
        ),
        (
            "a: 1:30.5\n",
            "line 1, column 4, a: the number 1:30.5 is not plain decimal; write it like 0.5 or 1.0e-3.",
        ),
        ("0.5: a\n", "line 1, column 1: a key must be text, got 0.5; quote it if it is meant so."),
        ("{0: a, '0': b}\n", "line 1, column 8, 0: this key is already in line 1."),
        ("on: a\n", "line 1, column 1: a key must be text, got on; quote it if it is meant so."),
        (
            "? [a]\n: b\n",
            "line 1, column 3: a key must be text, got a list or map; quote it if it is meant so.",
        ),
        (
            "a: b: c\n",
            "line 1, column 5: a ':' is not expected here; check the indentation, or quote the text.",
        ),
        (
            "a: *b\n",
            "line 1, column 4: found undefined alias 'b'; define it with '&' first, or quote the text.",
        ),
        ("a: &b [*b]\n", "line 1, column 4, a.0: an alias refers to the value that contains it."),
        ("a: &b {c: *b}\n", "an alias refers to the value that contains it."),
        ("a: 1\n---\nb: 1\n", "line 2, column 1: but found another document"),
        ("a: 'b\n", "line 2, column 1: found unexpected end of stream (while scanning a quoted scalar)."),
        ("<<: 3\n", "line 1, column 5: '<<' expects a map, or a list of maps."),
        ("a: x\x01y\n", "line 1, column 5: the control character U+0001 is not allowed in YAML."),
        ("a: 1\nb: x\x7fy\n", "line 2, column 5: the control character U+007F is not allowed in YAML."),
        ('a: "\\ud800"\n', "line 1, column 4, a: the text '\\ud800' holds half of a character."),
        (b"a: 1\nb: \xff\n", "line 2, column 4: byte 0xff is not UTF-8: save the file as UTF-8."),
        (
            "name: sample".encode("utf-16"),
            "line 1, column 1: byte 0xff is not UTF-8: save the file as UTF-8.",
        ),
        ("a: !!python/object:os.system {}\n", "line 1, column 4, a: the tag tag:yaml.org,2002:python/"),
        ("a: !mine [1]\n", "line 1, column 4, a: the tag !mine is not allowed."),
        ("a: !!binary aGk=\n", "line 1, column 4, a: the tag tag:yaml.org,2002:binary is not allowed."),
        ("[" * 50_000, "nested too deeply: at most 100 levels are read."),
        ("{a: " * 20_000, "nested too deeply: at most 100 levels are read."),
        ("- " * 20_000, "nested too deeply: at most 100 levels are read."),
        ("a: " + "[" * 120 + "]" * 120, ": nested too deeply: at most 100 levels are read."),
        (b"a" * (MAX_BYTES + 1), "has more than 100,000 bytes: that is not a config."),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_file_that_is_no_plain_map_is_refused_in_a_sentence(tmp_path, content, said):
    started = time.process_time()
    message = refusal(tmp_path, content)
    assert said in message and message.startswith("c.yaml")
    assert time.process_time() - started < 2


@pytest.mark.parametrize("text", ["2e-1", "2E-1", "2.e-1", "+2e-1", "0.2e0", ".2e0", "20.0e-2", "0.2"])
def test_a_number_with_an_exponent_is_a_number(tmp_path, text):
    """YAML 1.1, which asks for a point and a sign, reads most of these as text."""
    path = written(
        tmp_path, f"{MINIMAL}training: {{label_smoothing: {text}, class_weights: {{0: {text}}}}}\n"
    )
    training = load_config(path).training
    assert training.label_smoothing == 0.2 and training.class_weights == {"0": 0.2}


def test_what_looks_like_one_is_text_where_text_is_expected(tmp_path):
    """Such as the beginning of a hash; and a whole number where one is expected."""
    config = load_config(written(tmp_path, MINIMAL.replace("sample", "12e8") + "seed: 2e3\nrepeats: 1E1\n"))
    assert (config.name, config.seed, config.repeats) == ("12e8", 2000, 10)
    assert load_config(tmp_path / "c.yaml", Options(overrides=("name=1e-3", "seed=1e3"))).name == "1e-3"


def bomb(levels: int, width: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text",
    [
        bomb(9, 9),
        bomb(50, 2),
        "a: &a {" + ", ".join(f"k{i}: {i}" for i in range(2000)) + "}\nb: [" + "*a, " * 20 + "]\n",
        "a: &a {k: 1}\nb:\n  <<: [" + "*a, " * 9000 + "]\n",
    ],
    ids=["lists of lists", "deep lists", "a large map", "many merges"],
)
def test_aliases_that_explode_are_refused_within_a_second(tmp_path, text):
    started = time.process_time()
    assert "more than 10,000 values, each use of an alias counted" in refusal(tmp_path, text)
    assert time.process_time() - started < 1


def test_aliases_and_merges_of_reasonable_size_are_welcome(tmp_path):
    text = MINIMAL.replace("{filters: 4}", "&block {filters: 4}") + "augment: []\n"
    text = text.replace(
        "  - flatten", "  - conv_block: {<<: *block, convs: 1}\n  - conv_block: *block\n  - flatten"
    )
    model = loaded(tmp_path, text).model
    assert [item.parameters.filters for item in model[:3]] == [4, 4, 4]
    assert [item.parameters.convs for item in model[:3]] == [2, 1, 2]


def test_a_missing_file_names_the_command_that_writes_one(tmp_path):
    with pytest.raises(
        ConfigError, match=r"There is no config file .*/it\.yaml\. 'cnnlab config list' shows"
    ) as caught:
        load_config(tmp_path / "it.yaml")
    assert caught.value.exit_code == EXIT_USAGE == 2


def test_a_directory_is_no_config(tmp_path):
    with pytest.raises(ConfigError, match="is a directory: expected a YAML file"):
        load_config(tmp_path)


def test_an_unreadable_path_is_a_sentence(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: File name too long"):
        load_config(tmp_path / ("x" * 300))
    with pytest.raises(ConfigError, match="cannot be read: embedded null byte"):
        load_config(tmp_path / "a\0b")


@pytest.mark.parametrize(
    "content", [MINIMAL.replace("\n", "\r\n"), "\ufeff" + MINIMAL, "---\n" + MINIMAL + "...\n"]
)
def test_windows_line_ends_a_mark_and_document_markers_are_welcome(tmp_path, content):
    assert loaded(tmp_path, content).name == "sample"


def test_non_ascii_text_is_welcome(tmp_path):
    assert loaded(tmp_path, MINIMAL.replace("sample", "Röntgen 数字")).name == "Röntgen 数字"
