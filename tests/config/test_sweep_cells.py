"""The section `sweep`: which cells it gives, and what is said of wrong ones."""

# ruff: noqa: E501  (one case, one line)

import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab.config import load
from cnnlab.config.identity import cell_hash
from cnnlab.config.load import Options, check, dump_config
from cnnlab.config.source import ConfigDocument, SourcePosition, read_document
from cnnlab.config.sweep import AS_IT_IS, SweepCell, check_all, draw
from cnnlab.config.sweep_labels import short_names, value_text
from cnnlab.config.sweep_schema import Distribution, Sweep
from cnnlab.errors import ConfigError
from tests.sample_configs import MINIMAL, written

RATE = "training.optimizer.learning_rate"


def cells(folder: Path, sweep: str, *options: str, text: str = MINIMAL, **more: Any) -> list[SweepCell]:
    """The cells of a config with this section, and ``--sweep`` options."""
    document = read_document(written(folder, text + (f"sweep:\n  {sweep}\n" if sweep else "")))
    smoke = more.get("smoke", False)
    load.change(document, Options(sweep=options, smoke=smoke, **more.get("options", {})))
    return check_all(document, smoke=smoke)[1]


def refused(folder: Path, sweep: str, *options: str, **more: Any) -> str:
    """What is said of a sweep that must be refused, with the folder cut away."""
    with pytest.raises(ConfigError) as caught:
        cells(folder, sweep, *options, **more)
    return str(caught.value).replace(f"{folder}/", "")


def labels(found: list[SweepCell]) -> list[str]:
    return [cell.label for cell in found]


def test_a_grid_is_every_combination_in_the_order_of_the_file(tmp_path):
    found = cells(tmp_path, f"grid: {{{RATE}: [0.01, 0.1], training.batch_size: [8, 16, 32]}}")
    assert labels(found)[:2] == ["learning_rate=0.01, batch_size=8", "learning_rate=0.01, batch_size=16"]
    pairs = [
        (c.config.training.optimizer.parameters.learning_rate, c.config.training.batch_size) for c in found
    ]
    assert pairs == [(rate, size) for rate in (0.01, 0.1) for size in (8, 16, 32)]
    assert found[4].values == {RATE: 0.1, "training.batch_size": 16}
    assert all(cell.config.sweep is None and "sweep" not in dump_config(cell.config) for cell in found)
    assert found[0].config.name == "sample: learning_rate=0.01, batch_size=8"


def test_lists_and_blocks_go_by_the_names_of_alternatives(tmp_path):
    flip, turn = "[random_flip]", "[random_flip, random_rotation: {factor: 0.1}]"
    found = cells(tmp_path, f"grid: {{augment: {{none: [], flip: {flip}, full: {turn}}}}}")
    assert labels(found) == ["augment=none", "augment=flip", "augment=full"]
    assert [len(cell.config.augment) for cell in found] == [0, 1, 2]
    assert found[2].values == {"augment": "full"}
    blocks = cells(tmp_path, "grid: {model.0: [{conv_block: {filters: 2}}, {conv: {filters: 2}}]}")
    assert [cell.config.model[0].name for cell in blocks] == ["conv_block", "conv"]
    assert labels(blocks)[1] == "model.0={conv: {filters: 2}}"


def test_a_single_parameter_within_a_list(tmp_path):
    found = cells(tmp_path, "grid: {model.0.conv_block.filters: [2, 3]}")
    assert [cell.config.model[0].parameters.filters for cell in found] == [2, 3]
    assert labels(found) == ["filters=2", "filters=3"]


def test_zip_goes_side_by_side_and_grid_times_zip_is_every_combination(tmp_path):
    found = cells(
        tmp_path,
        f"zip: {{{RATE}: [0.01, 0.1], training.batch_size: [8, 16]}}\n  grid: {{training.epochs: [1, 2]}}",
    )
    assert labels(found) == [
        "epochs=1, learning_rate=0.01, batch_size=8", "epochs=1, learning_rate=0.1, batch_size=16",
        "epochs=2, learning_rate=0.01, batch_size=8", "epochs=2, learning_rate=0.1, batch_size=16",
    ]  # fmt: skip


def test_ablate_is_the_config_as_it_is_and_each_change_alone(tmp_path):
    found = cells(
        tmp_path,
        f"ablate:\n    no augmentation: {{augment: []}}\n    slow: {{{RATE}: 0.0001, training.epochs: 20}}",
        text=MINIMAL + "augment: [random_flip]\n",
    )
    assert labels(found) == [AS_IT_IS, "no augmentation", "slow"]
    assert [len(cell.config.augment) for cell in found] == [1, 0, 1]
    assert found[2].config.training.epochs == 20
    assert found[1].values == {"augment": "[]"}


def test_more_random_draws_keep_the_first_ones_and_a_seed_gives_others(tmp_path):
    values = f"values: {{{RATE}: {{loguniform: [1.0e-4, 0.1]}}, model.0.conv_block.filters: {{int: [2, 9]}}}}"
    five = cells(tmp_path, f"random: {{draws: 5, {values}}}")
    ten = cells(tmp_path, f"random: {{draws: 10, {values}}}")
    other = cells(tmp_path, f"random: {{draws: 5, seed: 1, {values}}}")
    assert labels(ten)[:5] == labels(five) and len(set(labels(ten))) == 10
    assert not set(labels(other)) & set(labels(ten))
    assert all(1e-4 <= cell.values[RATE] <= 0.1 for cell in ten)


def test_cells_that_are_the_same_config_count_once(tmp_path):
    found = cells(
        tmp_path, "grid: {training.batch_size: [32, 16, 32], training.optimizer: [adam, {name: adam}]}"
    )
    assert [cell.config.training.batch_size for cell in found] == [32, 16]


def test_a_value_given_twice_keeps_its_plain_name(tmp_path):
    found = cells(tmp_path, "grid: {training.batch_size: [16, 32, 16]}")
    assert labels(found) == ["batch_size=16", "batch_size=32"]


def test_options_add_to_the_grid_and_take_numbers_lists_words_and_alternatives(tmp_path):
    found = cells(
        tmp_path, "grid: {training.epochs: [1, 2]}", f"{RATE}=1e-4,1e-3", "training.optimizer.name=adam,sgd"
    )
    assert len(found) == 8 and found[0].config.training.optimizer.parameters.learning_rate == 1e-4
    assert labels(cells(tmp_path, "", "data.scale=[0, 1],[-1, 1]")) == ["scale=[0, 1]", "scale=[-1, 1]"]
    assert labels(cells(tmp_path, "", "augment={none: [], flip: [random_flip]}")) == [
        "augment=none",
        "augment=flip",
    ]
    assert labels(cells(tmp_path, "grid: {training.epochs: [1, 2]}", "training.epochs=7")) == ["epochs=7"]


def test_smoke_stays_a_trial(tmp_path):
    found = cells(tmp_path, "grid: {training.epochs: [100, 200], training.batch_size: [8, 16]}", smoke=True)
    assert [(cell.config.training.epochs, cell.config.training.batch_size) for cell in found] == [
        (2, 8),
        (2, 16),
    ]
    whole = cells(
        tmp_path, "grid: {training: {long: {epochs: 100}, slow: {epochs: 50, batch_size: 4}}}", smoke=True
    )
    assert [(cell.config.training.epochs, cell.config.training.batch_size) for cell in whole] == [
        (2, 32),
        (2, 4),
    ]


@pytest.mark.parametrize(
    ("sweep", "options", "said"),
    [
        ("grid: {training.batch_size: [8, 0]}", (), "c.yaml, line 9, column 35 (sweep.grid), training.batch_size: expected a number of at least 1, got the number 0 (in the cell batch_size=0)."),
        ("grid: {training.batchsize: [8]}", (), "line 9, column 31 (sweep.grid), training.batchsize: unknown key 'batchsize' (did you mean 'batch_size'?)"),
        ("", ("training.batch_size=8,x",), "c.yaml, --sweep training.batch_size=8,x (sweep.grid), training.batch_size: expected a whole number, got the text 'x' (in the cell batch_size=x)."),
        ("grid: {model.7.x: [1]}", (), "(sweep.grid): 'model.7': expected an index from 0 to 2, got '7' (in the cell"),
        ("grid: {augment: {none: [], odd: [random_flp]}}", (), "line 9, column 30 (sweep.grid), augment.0: unknown augmentation 'random_flp' (did you mean 'random_flip'?)"),
        ("grid: {training.batch_size: []}", (), "line 9, column 10, sweep.grid.training.batch_size: expected at least 1 item, got an empty list."),
        ("grid: {training.batch_size: 8}", (), "sweep.grid.training.batch_size: expected a list, or a map of keys and values, got the number 8."),
        ("grid: {seed: [1, 2]}", (), "line 9, column 10, sweep.grid.seed: seed cannot be swept: all cells share their seeds, so that they are compared in pairs; more seeds are more repeats."),
        ("grid: {repeats: [1, 2]}", (), "repeats cannot be swept: all cells have the same number."),
        ("ablate: {other: {published.test_accuracy: 0.5}}", (), "line 9, column 20, sweep.ablate.other.published.test_accuracy: published cannot be swept: it changes no result."),
        ("grid: {training..epochs: [1]}", (), "expected a dotted key such as training.optimizer.learning_rate, got the text 'training..epochs'."),
        ("grd: {training.epochs: [1]}", (), "line 9, column 3, sweep.grd: unknown key 'grd' (did you mean 'grid'?); valid: grid, zip, random, ablate, early_stop."),
        ("grid: {}", (), "line 8, column 1, sweep: expected grid, zip, random or ablate, such as grid: {training.batch_size: [16, 32]}."),
        ("zip: {training.epochs: [1, 2], training.batch_size: [8]}", (), "line 9, column 3, sweep.zip: expected as many values for each key: training.epochs has 2, training.batch_size has 1."),
        ("zip: {training.epochs: [1]}\n  grid: {training.epochs: [1]}", (), "line 9, column 9, sweep.zip.training.epochs: the key is in sweep.grid too: sweep it once."),
        ("grid: {augment: [[]], augment.0.random_flip: [{}]}", (), "the key overlaps with augment in sweep.grid too: sweep it once."),
        ("ablate: {a: {augment: []}}\n  grid: {training.epochs: [1]}", (), "line 9, column 3, sweep.ablate: stands alone: leave out grid, or make it a sweep of its own."),
        ("ablate: {a: {}}", (), "sweep.ablate.a: expected the keys that it changes, such as {augment: []}, got an empty map."),
        ("random: {draws: 3, values: {training.epochs: {}}}", (), "sweep.random.values.training.epochs: expected one of uniform, loguniform, int or choice, such as {loguniform: [1.0e-4, 0.1]}, got none of them."),
        ("random: {draws: 3, values: {training.epochs: {int: [1, 2], choice: [1]}}}", (), "got int and choice."),
        ("random: {draws: 3, values: {training.epochs: {int: [2, 1]}}}", (), "values.training.epochs.int: expected [low, high] with low below high, got [2, 1]."),
        (f"random: {{draws: 3, values: {{{RATE}: {{loguniform: [0, 1]}}}}}}", (), "loguniform: expected limits above 0, got [0.0, 1.0]."),
        ("random: {draws: 0, values: {training.epochs: {int: [1, 2]}}}", (), "sweep.random.draws: expected a number of at least 1, got the number 0."),
        ("random: {values: {training.epochs: {int: [1, 2]}}}", (), "sweep.random.draws: this key is required."),
        ("random: {draws: 10000, values: {training.epochs: {int: [1, 2]}}}\n  grid: {training.batch_size: [1, 2]}", (), "sweep: 20,000 cells are more than the 10,000 that one sweep may have: split it."),
        ("", ("training.epochs",), "--sweep expects KEY=VALUE,VALUE,..., such as training.batch_size=16,32, or named alternatives"),
        ("", ("=1,2",), "--sweep expects KEY=VALUE,VALUE,..."),
        ("", ("training.epochs=[1,2",), "--sweep expects KEY=VALUE,VALUE,..."),
        ("", ("name=a,b",), "c.yaml, --sweep name=a,b, sweep.grid.name: name cannot be swept: cells are named by their values."),
    ],
)  # fmt: skip
def test_a_wrong_sweep_is_refused_where_it_stands(tmp_path, sweep, options, said):
    message = refused(tmp_path, sweep, *options)
    assert said in message and message.startswith(("c.yaml", "--sweep expects"))


def test_all_wrong_cells_are_told_at_once_and_each_problem_once(tmp_path):
    message = refused(tmp_path, f"grid: {{training.batch_size: [0, -1], {RATE}: [0.1, 0.2]}}")
    assert message.splitlines()[0] == "c.yaml has 2 problems:" and len(message.splitlines()) == 3


def test_a_value_that_every_cell_replaces_is_refused(tmp_path):
    said = refused(tmp_path, "grid: {training.epochs: [1, 2]}", options={"overrides": ("training.epochs=5",)})
    assert said == (
        "c.yaml, --set training.epochs=5 changes nothing, for sweep.grid sets training.epochs in every cell: "
        "leave one of them out."
    )
    assert cells(
        tmp_path, "grid: {training.epochs: [1, 2]}", options={"overrides": ("training.batch_size=5",)}
    )


def test_what_decides_no_bit_is_no_part_of_a_cells_identity(tmp_path):
    base = cells(tmp_path, "grid: {training.epochs: [1]}")[0].config
    for change in ("repeats: 7", "name: other", "logging: [tensorboard]"):
        text = MINIMAL.replace("name: sample\n", "") if change.startswith("name") else MINIMAL
        assert cell_hash(
            cells(tmp_path, "grid: {training.epochs: [1]}", text=f"{text}{change}\n")[0].config
        ) == cell_hash(base)
    for change in ("seed: 7", "training: {threads: 2}", "training: {batch_size: 5}"):
        assert cell_hash(
            cells(tmp_path, "grid: {training.epochs: [1]}", text=f"{MINIMAL}{change}\n")[0].config
        ) != cell_hash(base)


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 4), min_size=1, max_size=4), rows=st.integers(0, 3), draws=st.integers(0, 3)
)
def test_the_number_of_cells_is_the_product_of_the_parts(sizes, rows, draws):
    keys = ["training.epochs", "training.batch_size", "data.train_size", "model.0.conv_block.filters"]
    grid = {key: list(range(1, size + 1)) for key, size in zip(keys, sizes, strict=False)}
    sweep: dict[str, Any] = {"grid": grid}
    if rows:
        sweep["zip"] = {
            RATE: [0.1 * n for n in range(1, rows + 1)],
            "training.label_smoothing": [0.01 * n for n in range(1, rows + 1)],
        }
    if draws:
        sweep["random"] = {"draws": draws, "values": {"training.validation_every": {"int": [1, 1_000_000]}}}
    document = ConfigDocument(
        yaml.safe_load(MINIMAL) | {"sweep": sweep}, Path("x.yaml"), {(): SourcePosition(1, 1)}
    )
    expected = math.prod(sizes) * max(1, rows) * max(1, draws)
    config, found = check_all(document)
    assert config.sweep.size() == len(found) == expected
    assert len({cell_hash(cell.config) for cell in found}) == len(set(labels(found))) == expected


@given(st.floats(1e-6, 1e3), st.floats(1.01, 1e6), st.text(max_size=5))
def test_draws_stay_within_their_limits(low, ratio, text):
    high = low * ratio
    for kind in ("uniform", "loguniform"):
        assert low <= draw(Distribution.model_validate({kind: (low, high)}), text) <= high
    whole = draw(Distribution.model_validate({"int": (int(low), int(high) + 2)}), text)
    assert isinstance(whole, int) and int(low) <= whole <= int(high) + 2


def test_loguniform_draws_fill_each_order_of_magnitude_alike():
    distribution = Distribution.model_validate({"loguniform": (1e-4, 1.0)})
    found = [math.floor(math.log10(draw(distribution, str(n)))) for n in range(2000)]
    assert all(400 < found.count(order) < 600 for order in (-4, -3, -2, -1))


def test_short_names_are_as_short_as_can_be_told_apart():
    assert short_names(["a.rate", "b.c", "model.0", "model.1", "x.1.rate"]) == {
        "a.rate": "a.rate", "b.c": "c", "model.0": "model.0", "model.1": "model.1", "x.1.rate": "x.1.rate",
    }  # fmt: skip
    assert (
        value_text({"name": "sgd", "nesterov": True, "rate": 1e-5})
        == "{name: sgd, nesterov: true, rate: 1e-05}"
    )


def test_the_section_round_trips(tmp_path):
    document = read_document(written(tmp_path, MINIMAL + "sweep: {grid: {training.epochs: [1, 2]}}\n"))
    plain = dump_config(check(document))["sweep"]
    assert (
        Sweep.model_validate({**plain, "grid": {k: tuple(v) for k, v in plain["grid"].items()}}).size() == 2
    )


def test_what_is_wrong_with_the_config_and_with_its_cells_is_one_list(tmp_path):
    """Each error once, with the cell where it is the cell's alone."""
    text = MINIMAL + "seed: -1\nrepeats: x\ntraining: {epohcs: 3}\n"
    said = refused(tmp_path, f"grid: {{training.epochs: [1, 0], {RATE}: [0.1, -0.1]}}", text=text)
    assert said.splitlines()[0] == "c.yaml has 5 problems:"
    for part in (
        "line 8, column 1, seed: expected a number of at least 0, got the number -1.",
        "line 9, column 1, repeats: expected a whole number, got the text 'x'.",
        "line 10, column 12, training.epohcs: unknown key 'epohcs' (did you mean 'epochs'?)",
        "training.epochs: expected a number of at least 1, got the number 0 (in the cell epochs=0, ",
        f"{RATE}: expected a number above 0, got the number -0.1 (in the cell epochs=1, ",
    ):
        assert said.count(part) == 1, said
